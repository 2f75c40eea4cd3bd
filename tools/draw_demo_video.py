"""Draws the video lesson of the demonstration: a hurried letter, taken apart. Needs Pillow, ffmpeg and Inter.

python tools/draw_demo_video.py
"""

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parents[1] / "matricula/demo/courses/security-every-day/media"
FONT = "/usr/share/fonts/opentype/inter/Inter-{}.otf"
SIZE = (1280, 720)
FRAMES_A_SECOND, FADE_FRAMES = 10, 6
PAPER, SHEET, INK, QUIET = "#f7f5f1", "#ffffff", "#211d1a", "#625b55"
GREEN, GOLD, RED = "#12544e", "#f0b43c", "#b3261e"
# seconds, what the caption says, the place on the letter that is marked (or nothing)
SCENES = [
    (4, "This letter came at 17:40 on a Friday. Somebody is in a hurry.", None),
    (5, "Look at the sender first. The name is familiar; the address after it is not.", (84, 120, 800, 172)),
    (5, "The subject says urgent. Hurry is a tool: it keeps you from thinking.", (84, 182, 800, 238)),
    (5, "It asks for something unusual, and for silence. Real requests can be checked.", (84, 262, 800, 408)),
    (
        5,
        "And the button leads somewhere else than it says. Rest on it, and read the address.",
        (84, 430, 420, 500),
    ),
    (6, "So stop. Call the person, on the number you already know. Two minutes are enough.", None),
    (4, "If it was real, nothing is lost. If it was not, you have just stopped it.", None),
]


def font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT.format(weight), size)


def letter() -> Image.Image:
    """The letter as it lies there, before anything is marked."""
    sheet = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.rounded_rectangle((48, 64, 864, 560), 24, SHEET, "#e2ddd4", 2)
    draw.text((96, 84), "Inbox  ·  Friday, 17:40", QUIET, font("Regular", 22))
    draw.text((96, 130), "Marta Hoffmann", INK, font("Bold", 28))
    draw.text((330, 134), "<m.hoffmann@nordl1cht-mail.example>", QUIET, font("Regular", 22))
    draw.text((96, 192), "URGENT: transfer before 18:00", INK, font("Bold", 32))
    words = (
        "I am in a meeting and cannot talk. Please pay the",
        "invoice below before six o'clock and tell nobody",
        "yet; I will explain on Monday.",
    )
    draw.multiline_text((96, 272), "\n".join(words), INK, font("Regular", 28), spacing=14)
    draw.rounded_rectangle((96, 440, 408, 492), 26, GREEN)
    draw.text((132, 449), "Open the invoice", "#ffffff", font("SemiBold", 28))
    return sheet


def scene(number: int) -> Image.Image:
    """One scene: the letter, what is marked on it, and what is said."""
    _, words, marked = SCENES[number]
    image = letter()
    draw = ImageDraw.Draw(image)
    if marked:
        draw.rounded_rectangle(marked, 14, None, RED, 6)
    advice(draw, number)
    draw.rectangle((0, 600, *SIZE), INK)
    draw.text((SIZE[0] // 2, 660), words, "#ffffff", font("SemiBold", 27), anchor="mm")
    return image


def advice(draw: ImageDraw.ImageDraw, number: int) -> None:
    """What was found so far, beside the letter."""
    found = ["the sender's address", "the hurry", "the silence", "the button"]
    for place, text in enumerate(found[: max(0, min(number, 4))]):
        top = 96 + place * 92
        draw.rounded_rectangle((904, top, 1232, top + 72), 18, GOLD)
        draw.text((928, top + 36), f"{place + 1}  {text}", INK, font("SemiBold", 25), anchor="lm")
    if number >= 5:
        draw.rounded_rectangle((904, 470, 1232, 556), 22, GREEN)
        draw.text((1068, 513), "Stop. Call back.", "#ffffff", font("Bold", 30), anchor="mm")


def draw_frames(folder: Path) -> None:
    count, before = 0, scene(0)
    for number, (seconds, *_) in enumerate(SCENES):
        image = scene(number)
        for frame in range(seconds * FRAMES_A_SECOND):
            share = min(1.0, (frame + 1) / FADE_FRAMES)
            Image.blend(before, image, share).save(folder / f"{count:05d}.png")
            count += 1
        before = image


def write_captions() -> None:
    lines, start = ["WEBVTT", ""], 0
    for seconds, words, _ in SCENES:
        lines += [f"{stamp(start)} --> {stamp(start + seconds)}", words, ""]
        start += seconds
    (FOLDER / "hurried-letter.en.vtt").write_text("\n".join(lines))


def stamp(seconds: int) -> str:
    return f"00:{seconds // 60:02d}:{seconds % 60:02d}.000"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    write_captions()
    scene(4).save(FOLDER / "hurried-letter.png", optimize=True)
    with tempfile.TemporaryDirectory() as place:
        draw_frames(Path(place))
        source = ["-framerate", str(FRAMES_A_SECOND), "-i", f"{place}/%05d.png"]
        coding = ["-c:v", "libvpx-vp9", "-crf", "38", "-b:v", "0", "-row-mt", "1", "-pix_fmt", "yuv420p"]
        target = str(FOLDER / "hurried-letter.webm")
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *source, *coding, target], check=True)


if __name__ == "__main__":
    main()
