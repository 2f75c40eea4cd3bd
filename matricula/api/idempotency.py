"""Idempotency keys: a POST that is sent twice is done once, and answered twice the same.

The answer is kept in the transaction of the work, so there is never one without the other. Who comes second
while the first still works waits for it: the unique key makes the database hold them. A request that was
refused changed nothing; nothing is kept of it, and it may be sent again.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from matricula.api.errors import Invalid, KeyReused
from matricula.api.models import SEAL, KeptAnswer, Token
from matricula.security.secrets import digests, seal, unseal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=24)
SHAPE = re.compile(r"[\x21-\x7e]{1,255}")
"""Visible ASCII: what a header carries unchanged."""
Work = Callable[[], HttpResponse]


def done_once(request: HttpRequest, token: Token, work: Work) -> HttpResponse:
    """What `work` answers, or answered before to the same key. Raises KeyReused, Invalid."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return in_one_transaction(work)
    if not SHAPE.fullmatch(key):
        raise Invalid("header", HEADER, "key_malformed", "Send 1 to 255 visible ASCII characters.")
    forget_old(token)
    return in_one_transaction(lambda: claimed(token, key, fingerprint(request), work))


def in_one_transaction(work: Work) -> HttpResponse:
    """Everything `work` does, or, when it answers with a problem, nothing."""
    with transaction.atomic():
        answer = work()
        if answer.status_code >= 400:
            transaction.set_rollback(True)
        return answer


def claimed(token: Token, key: str, asked: list[str], work: Work) -> HttpResponse:
    kept, first = KeptAnswer.objects.get_or_create(token=token, key=key, defaults={"digest": asked[0]})
    if kept.digest not in asked:
        raise KeyReused
    if not first:
        return replayed(kept)
    answer = work()
    KeptAnswer.objects.filter(pk=kept.pk).update(
        status=answer.status_code, sealed=seal(SEAL, written(answer)), kept_at=timezone.now()
    )
    return answer


def fingerprint(request: HttpRequest) -> list[str]:
    """By each key of the site: the same for the same request: its method, address and body."""
    head = f"{request.method} {request.get_full_path()}\n"
    return digests("api-request", head + sent(request))


def sent(request: HttpRequest) -> str:
    if request.content_type != "multipart/form-data":
        return request.body.decode("latin-1")
    files = [(name, digest_of(file)) for name, file in request.FILES.items()]
    return json.dumps([sorted(request.POST.items()), sorted(files)])


def digest_of(file: Any) -> str:
    """Whoever works with the file reads it from its beginning."""
    found = hashlib.sha256()
    for piece in file.chunks():
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def written(answer: HttpResponse) -> str:
    return json.dumps({"body": answer.content.decode(), "type": answer.headers.get("Content-Type", "")})


def replayed(kept: KeptAnswer) -> HttpResponse:
    read = json.loads(unseal(SEAL, kept.sealed))
    return HttpResponse(
        read["body"], status=kept.status, content_type=read["type"], headers={REPLAYED: "true"}
    )


def forget_old(token: Token) -> None:
    KeptAnswer.objects.filter(token=token, kept_at__lt=timezone.now() - KEPT).delete()
