"""Draws the files beside it: a white picture whose top left quarter is black.

    pip install pillow==13.0.0 pillow-heif==1.8.1
    python3 draw.py
    python3 draw.py photo    # photo.heic, 12 megapixels, for BenchmarkHEIC

They are kept because Go has no encoder for their kinds.
"""

import random
import sys

from PIL import Image, ImageDraw, TiffImagePlugin
import pillow_heif

pillow_heif.register_heif_opener()
TiffImagePlugin.WRITE_LIBTIFF = True


def cornered(width=64, height=48, mode="RGB"):
    page = Image.new("L", (width, height), 255)
    ImageDraw.Draw(page).rectangle([0, 0, width // 2 - 1, height // 2 - 1], fill=0)
    return page.convert(mode)


def jpeg():
    for name, subsampling in ("420", "4:2:0"), ("422", "4:2:2"), ("444", "4:4:4"):
        cornered().save(f"{name}.jpg", subsampling=subsampling)
        cornered().save(f"progressive-{name}.jpg", subsampling=subsampling, progressive=True)
    cornered(mode="L").save("progressive-grey.jpg", progressive=True)
    cornered(mode="CMYK").save("cmyk.jpg")
    cornered().save("rgb.jpg", keep_rgb=True)
    cornered().save("restarts.jpg", restart_marker_rows=1)


def tiff():
    pages = [cornered(100, 80, "1"), cornered(96, 64, "1"), cornered(33, 21, "1")]
    several = {"save_all": True, "append_images": pages[1:]}
    white_is_zero = {262: 0, 278: 16}
    pages[0].save("group4.tif", compression="group4", tiffinfo=white_is_zero, **several)
    pages[0].save("group3.tif", compression="group3", tiffinfo=white_is_zero, **several)
    pages[0].save("group4-black.tif", compression="group4", tiffinfo={262: 1, 278: 16}, **several)
    pages[0].save("group4-lsb.tif", compression="group4", tiffinfo={**white_is_zero, 266: 2})
    pages[0].save("group3-2d.tif", compression="group3", tiffinfo={**white_is_zero, 292: 1})
    pages[0].save("group3-aligned.tif", compression="group3", tiffinfo={**white_is_zero, 292: 4})
    for kind in "tiff_lzw", "tiff_adobe_deflate", "packbits":
        cornered().save(f"{kind}.tif", compression=kind)
        cornered(mode="L").save(f"{kind}-grey.tif", compression=kind)
    cornered().save("lzw-predictor.tif", compression="tiff_lzw", tiffinfo={317: 2})
    cornered().save("jpeg.tif", compression="jpeg")


def webp():
    cornered().save("lossy.webp")
    cornered().save("lossless.webp", lossless=True)
    ink = cornered(mode="L")
    ink = Image.merge("RGBA", [Image.new("L", ink.size, 0)] * 3 + [ink.point(lambda v: 255 - v)])
    ink.save("ink.webp", lossless=True)
    cornered(mode="1").save("bilevel.png")


def heic():
    for subsampling in "420", "422", "444":
        for width, height in (64, 48), (101, 75), (201, 133):
            cornered(width, height).save(f"{subsampling}-{width}x{height}.heic", chroma=subsampling)
    cornered(mode="L").save("grey.heic")
    cornered().save("lossless.heic", quality=-1, chroma="444", matrix_coefficients=0)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        cornered().save(f"turned-{orientation}.heic", exif=exif.tobytes())
    cornered(128, 64).save("whole.heic")  # its size is the video's: nothing to cut off
    cornered(4096, 4096, "L").save("large.heic", quality=10)



def photo(width=4032, height=3024):
    random.seed(1)
    noise = Image.effect_noise((width // 4, height // 4), 12).resize((width, height))
    paper = noise.convert("L").point(lambda v: min(255, v + 90)).convert("RGB")
    pen = ImageDraw.Draw(paper)
    for _ in range(400):
        x, y = random.randrange(width), random.randrange(height)
        end = [x + random.randrange(-200, 200), y + random.randrange(-200, 200)]
        pen.line([x, y, *end], fill=(20, 20, 40), width=8)
    paper.save("photo.heic", quality=60)


if sys.argv[1:] == ["photo"]:
    photo()
else:
    jpeg()
    tiff()
    webp()
    heic()
