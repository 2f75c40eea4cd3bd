"""Answering with an uploaded file: safe types only, in parts when asked (RFC 9110, section 14)."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponseNotModified
from django.utils.http import content_disposition_header

SHOWN = re.compile(r"image/(?:png|jpeg|webp|gif)|video/(?:webm|mp4)|text/vtt")
RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
"""One range; more than fifteen digits are no place in a file, and several ranges are answered with the whole
file."""
PIECE = 256 * 1024
FOR_EVER = "public, max-age=31536000, immutable"


def answer_with_picture(content: bytes) -> HttpResponse:
    """A PNG made of an uploaded picture, whose address never shows another, as a picture and nothing else."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": FOR_EVER,
    }
    return HttpResponse(content, content_type="image/png", headers=headers)


def answer_with_file(
    request: HttpRequest, *, place: Path, name: str, content_type: str, digest: str
) -> HttpResponseBase:
    """The file, or the asked part of it: 200, 206, 304 or 416. What a browser could run is a download."""
    tag = f'"{digest}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    size = place.stat().st_size
    asked = requested_range(request, tag, size)
    response = partial_response(place, *asked, size) if asked else FileResponse(place.open("rb"))
    for header, value in {
        "Content-Type": content_type,
        "Content-Disposition": content_disposition_header(not SHOWN.fullmatch(content_type), name)
        or "inline",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=86400",
        "Accept-Ranges": "bytes",
        "ETag": tag,
    }.items():
        response[header] = value
    return response


def requested_range(request: HttpRequest, tag: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; None for the whole, also when the file changed (If-Range)."""
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.headers.get("If-Range", tag) != tag or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def partial_response(place: Path, first: int, last: int, size: int) -> HttpResponseBase:
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last - first + 1)}
    return StreamingHttpResponse(chunks_of(place, first, last), status=206, headers=headers)


def chunks_of(place: Path, first: int, last: int) -> Iterator[bytes]:
    with place.open("rb") as stream:
        stream.seek(first)
        left = last - first + 1
        while left and (piece := stream.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
