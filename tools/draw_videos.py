"""Draws the demonstration courses' videos, their posters and their captions.

`python tools/draw_videos.py` needs Pillow, ffmpeg and the typeface Inter; the results are in the repository.
"""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

COURSES = Path(__file__).parents[1] / "matricula/demo/courses"
FONTS = Path("/usr/share/fonts/opentype/inter")
WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 12, 8
PAPER, INK, MUTED, LINE, RAISED = "#f7f5f1", "#211d1a", "#625b55", "#d9d3c8", "#ffffff"
TEAL, MINT, RUST, GOLD = "#12655a", "#c9e3d8", "#b8472a", "#f0b43c"
Picture = Callable[[ImageDraw.ImageDraw, float], None]


@dataclass(frozen=True)
class Scene:
    """`picture` draws into the lower part at a moment from 0 to 1."""

    title: str
    words: str
    picture: Picture


def font(size: int, weight: str = "Medium") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"Inter-{weight}.otf", size)


def eased(moment: float, start: float, length: float = 0.12) -> float:
    """0 before `start`, 1 after, and a soft way between."""
    x = min(max((moment - start) / length, 0), 1)
    return x * x * (3 - 2 * x)


def mixed(colour: str, share: float) -> tuple[int, ...]:
    """`colour`, come in from the paper by `share`."""
    pairs = zip(bytes.fromhex(PAPER[1:]), bytes.fromhex(colour[1:]), strict=True)
    return tuple(round(a + (b - a) * share) for a, b in pairs)


def card(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], share: float, fill: str = RAISED) -> None:
    draw.rounded_rectangle(box, 18, mixed(fill, share), mixed(LINE, share), 2)


def lines(
    draw: ImageDraw.ImageDraw, x: int, y: int, widths: list[int], share: float, fill: str = LINE
) -> None:
    for number, width in enumerate(widths):
        top = y + number * 34
        draw.rounded_rectangle((x, top, x + width, top + 14), 7, mixed(fill, share))


def rows(texts: list[str], colours: list[str]) -> Picture:
    """Statements that come one after another, each with a coloured edge."""

    def picture(draw: ImageDraw.ImageDraw, moment: float) -> None:
        for number, (text, colour) in enumerate(zip(texts, colours, strict=True)):
            share = eased(moment, 0.08 + 0.24 * number)
            top = 290 + number * 104 + round(18 * (1 - share))
            card(draw, (90, top, 1190, top + 84), share)
            draw.rounded_rectangle((90, top, 104, top + 84), 7, mixed(colour, share))
            draw.text((136, top + 24), text, mixed(INK, share), font(29))

    return picture


def bars(values: list[tuple[str, float]], base: float, note: str, colour: str) -> Picture:
    """A bar chart whose axis begins at `base`."""

    def picture(draw: ImageDraw.ImageDraw, moment: float) -> None:
        top, low = max(value for _, value in values), 590
        for number, (name, value) in enumerate(values):
            left = 210 + number * 220
            height = round(280 * (value - base) / (top - base) * eased(moment, 0.1 + number * 0.12, 0.25))
            draw.rounded_rectangle((left, low - height, left + 130, low), 10, colour)
            draw.text((left + 65, low + 14), name, MUTED, font(24), anchor="ma")
            draw.text((left + 65, low - height - 36), f"{value:g}", INK, font(26, "Bold"), anchor="ma")
        draw.line((150, low, 900, low), INK, 3)
        draw.text((130, low), f"{base:g}", INK, font(26, "Bold"), anchor="rm")
        share = eased(moment, 0.55)
        for number, line in enumerate(note.split("\n")):
            draw.text((940, 360 + 40 * number), line, mixed(INK, share), font(28))

    return picture


def letter(marks: list[tuple[int, str]]) -> Picture:
    """A letter in which signs light up."""

    def picture(draw: ImageDraw.ImageDraw, moment: float) -> None:
        card(draw, (90, 270, 700, 640), 1)
        lines(draw, 130, 306, [300, 520, 480, 505, 430, 520, 460, 380, 250], 1)
        for number, (row, name) in enumerate(marks):
            share, top = eased(moment, 0.15 + 0.24 * number), 306 + row * 34
            draw.rounded_rectangle((124, top - 8, 660, top + 22), 12, mixed(GOLD, share))
            draw.line((670, top + 7, 770, 330 + number * 110), mixed(RUST, share), 3)
            card(draw, (770, 292 + number * 110, 1190, 372 + number * 110), share)
            draw.text((800, 315 + number * 110), name, mixed(INK, share), font(28))

    return picture


def page(first: str, then: str, answer: int) -> Picture:
    """A page whose line `answer` is the one a reader wants."""

    def picture(draw: ImageDraw.ImageDraw, moment: float) -> None:
        card(draw, (90, 270, 620, 650), 1)
        lines(draw, 130, 310, [430, 450, 410, 450, 390, 440, 420, 450, 300], 1)
        share = eased(moment, 0.25, 0.3)
        top = 310 + answer * 34
        draw.rounded_rectangle((130, top, 130 + round(430 * share), top + 14), 7, TEAL)
        eye = 310 + round((answer * 34) * eased(moment, 0.1, 0.35))
        draw.ellipse((52, eye - 4, 76, eye + 20), GOLD)
        draw.text((690, 360), first, INK, font(32, "Bold"))
        draw.text((690, 420), then, mixed(MUTED, eased(moment, 0.5)), font(28))

    return picture


def dots(waits: list[int], note: str) -> Picture:
    """Ten calls and how long each waits."""

    def picture(draw: ImageDraw.ImageDraw, moment: float) -> None:
        for number, wait in enumerate(waits):
            share, top = eased(moment, 0.04 * number, 0.2), 276 + number * 34
            length = round(wait * 32 * share)
            draw.rounded_rectangle((150, top, 162 + length, top + 20), 10, RUST if wait > 5 else TEAL)
        draw.text((860, 350), note.split("\n")[0], INK, font(32, "Bold"))
        draw.text((860, 402), note.split("\n")[1], mixed(MUTED, eased(moment, 0.5)), font(27))

    return picture


FILMS = {
    "security-every-day/three-signs": [
        Scene("Three signs in a letter", "A dishonest letter is built to take your time away. It has signs.", letter([(0, "Hurry"), (3, "Secrecy"), (6, "A new way to pay")])),
        Scene("One sign is not proof", "A real colleague can be in a hurry too. Two signs together are a reason to stop.", rows(["One sign: read on, slowly", "Two signs: stop", "Three signs: tell the security desk"], [TEAL, GOLD, RUST])),
        Scene("Take the detour", "Do not press the link and do not ring the number in the letter. Take a way the writer does not control.", rows(["Open the site from your own bookmark", "Ring a number you already had", "Walk over and ask"], [TEAL] * 3)),
        Scene("A detour costs a minute", "It works against a perfect forgery, because the forger controls only the letter.", rows(["The letter: theirs", "Your bookmark, telephone and colleagues: yours"], [RUST, TEAL])),
    ],
    "feedback-people-can-use/three-sentences": [
        Scene("Feedback in three sentences", "Useful feedback is short. It has three sentences, and takes ten seconds.", rows(["What I saw", "What it did", "What I would like"], [TEAL, GOLD, RUST])),
        Scene("First: what a camera could record", "Say what happened, without an adjective. Nobody has to defend a character.", rows(["Not: “You never listen.”", "But: “You answered before Mira had finished.”"], [RUST, TEAL])),
        Scene("Second: what it did", "Say what followed for you, the team or the customer.", rows(["“She stopped offering numbers.”"], [GOLD])),
        Scene("Third: one request", "Ask for one thing that can be done by Thursday. Then stop, and listen.", rows(["“Could you count to three before answering?”"], [TEAL])),
    ],
    "writing-that-gets-read/upside-down": [
        Scene("Where readers look", "School taught us to put the answer last. At work, most readers never get there.", page("The answer is down here", "The reader has gone by then.", 8)),
        Scene("Turn the page upside down", "Put the answer in the first line. Whoever stops reading still has it.", page("The answer comes first", "Then the reasons, for who wants them.", 0)),
        Scene("Before and after", "Compare the first sentences of the same letter.", rows(["“Following last week’s discussion, and after comparing …”", "“We should buy from Halden. They deliver in four days.”"], [RUST, TEAL])),
        Scene("A test", "Cover everything below the first paragraph. Does the reader know what you think, and what to do?", rows(["What do I think?", "What should you do, and by when?"], [TEAL, GOLD])),
    ],
    "reading-charts/where-axes-begin": [
        Scene("A dramatic chart", "Three years, three bars. Sales seem to have doubled.", bars([("2022", 91), ("2023", 91.5), ("2024", 92)], 90, "", RUST)),
        Scene("Look where the axis begins", "It begins at ninety. The bars show only what lies above.", bars([("2022", 91), ("2023", 91.5), ("2024", 92)], 90, "Begins at 90:\nlengths mislead", RUST)),
        Scene("The same numbers from zero", "From zero, the bars are almost equal. That is what happened.", bars([("2022", 91), ("2023", 91.5), ("2024", 92)], 0, "Begins at 0:\nlengths are true", TEAL)),
        Scene("And what does an average hide?", "Ten calls, two minutes on average. Nine are answered at once, one waits twenty. Ask for the slowest ten percent.", dots([0] * 9 + [20], "Average: 2 minutes\nThe slowest waits 20.")),
    ],
}  # fmt: skip


def frame(scene: Scene, moment: float, whole: float) -> Image.Image:
    """One picture of the film; `moment` is of the scene, `whole` of the film, both from 0 to 1."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 8), MINT)
    draw.rectangle((0, 0, round(WIDTH * whole), 8), TEAL)
    draw.text((90, 72), scene.title, INK, font(52, "Bold"))
    words, line, top = scene.words.split(), "", 150
    for word in [*words, ""]:
        if not word or font(30).getlength(f"{line} {word}") > 1080:
            draw.text((90, top), line, MUTED, font(30))
            line, top = word, top + 42
        else:
            line = f"{line} {word}".strip()
    scene.picture(draw, moment)
    return image


def film(name: str, scenes: list[Scene]) -> None:
    """The video, its poster and its captions."""
    place = COURSES / name
    size = f"{WIDTH}x{HEIGHT}"
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(RATE), "-i", "-"]
    coding = ["-c:v", "libx264", "-preset", "slow", "-crf", "24", "-tune", "animation", "-pix_fmt", "yuv420p"]
    command = ["ffmpeg", "-loglevel", "error", "-y", *source, *coding, "-movflags", "+faststart"]
    frames = SECONDS * RATE
    with subprocess.Popen([*command, f"{place}.mp4"], stdin=subprocess.PIPE) as encoder:
        for number, scene in enumerate(scenes):
            for step in range(frames):
                whole = (number * frames + step) / (len(scenes) * frames)
                encoder.stdin.write(frame(scene, step / frames, whole).tobytes())  # type: ignore[union-attr]
    frame(scenes[0], 1, 0.02).save(f"{place}.png", optimize=True)
    place.with_suffix(".vtt").write_text(captions(scenes))


def captions(scenes: list[Scene]) -> str:
    cues = [
        f"{stamp(number * SECONDS + 0.2)} --> {stamp((number + 1) * SECONDS - 0.2)}\n{scene.title}. {scene.words}"
        for number, scene in enumerate(scenes)
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def stamp(seconds: float) -> str:
    return f"00:{int(seconds) // 60:02}:{seconds % 60:06.3f}"


if __name__ == "__main__":
    for name, scenes in FILMS.items():
        film(name, scenes)
