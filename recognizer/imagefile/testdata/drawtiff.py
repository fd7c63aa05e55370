"""Draws the TIFFs, JPEGs and others beside it that draw.py does not: a white picture
whose top left quarter is black, by other writers.

    pip install pillow==13.0.0 tifffile==2026.3.3 imagecodecs==2026.3.6
    apt-get install libtiff-tools imagemagick
    python3 drawtiff.py
"""

import pathlib
import struct
import subprocess
import tempfile
import zlib

import numpy
import tifffile
from PIL import Image, ImageDraw


def cornered(width=64, height=48, mode="RGB"):
    page = Image.new("L", (width, height), 255)
    ImageDraw.Draw(page).rectangle([0, 0, width // 2 - 1, height // 2 - 1], fill=0)
    return page.convert(mode)


def run(*command):
    subprocess.run(command, check=True)


def by_tifffile():
    grey, rgb = numpy.array(cornered(mode="L")), numpy.array(cornered())
    write = tifffile.imwrite
    write("planar.tif", numpy.moveaxis(rgb, 2, 0), photometric="rgb", planarconfig="separate", compression="lzw")
    write("big.tif", grey, bigtiff=True)
    write("grey-alpha.tif", numpy.dstack([255 * (grey > 0), 255 - grey]).astype("u1"), photometric="minisblack", extrasamples=["unassalpha"])
    write("grey16.tif", grey.astype(">u2") * 257, byteorder=">", compression="zlib", predictor=True)
    write("cmyk.tif", numpy.dstack([grey * 0, grey * 0, grey * 0, 255 - grey]), photometric="separated")
    write("jpeg-tiles.tif", rgb, photometric="rgb", compression="jpeg", tile=(32, 32))
    write("jpeg-grey.tif", grey, compression="jpeg")
    write("white-is-zero.tif", 255 - grey, photometric="miniswhite")


def by_libtiff(work):
    source = work / "source.tif"
    cornered(mode="1").save(source)
    run("tiffcp", "-c", "g3:2d", source, "group3-2d-fill.tif")
    run("tiffcp", "-c", "g3:1d:fill", source, "group3-fill.tif")
    cornered().save(source)
    run("tiffcp", "-c", "jpeg:r", "-r", "16", source, "jpeg-rgb.tif")
    run("tiffcp", "-c", "jpeg", "-r", "16", source, "jpeg-ycbcr.tif")
    run("tiffcp", "-8", "-c", "lzw", "-p", "separate", source, "big-planar.tif")


def by_imagemagick(work):
    source = work / "source.png"
    cornered(mode="L").save(source)
    for depth in 2, 4:
        run("convert", source, "-depth", str(depth), "-define", "tiff:alpha=unspecified", f"grey{depth}.tif")
    inks = Image.merge("CMYK", [Image.new("L", (64, 48), 255)] * 3 + [cornered(mode="L")])  # Pillow stores what is not ink
    inks.save("cmyk-inks.jpg")
    with open("cmyk-inks.jpg", "rb") as file:
        data = file.read()
    at = data.index(b"\xff\xee\x00\x0eAdobe")
    with open("cmyk-inks.jpg", "wb") as file:
        file.write(data[:at] + data[at + 16:])
    run("convert", source, "-type", "Palette", "-depth", "4", "bmp3:palette.bmp")
    run("convert", source, "-type", "TrueColor", "bmp3:rgb.bmp")
    run("convert", source, "-type", "TrueColor", "-sampling-factor", "3x1", "sampled-3x1.jpg")
    run("convert", source, "-type", "TrueColor", "-sampling-factor", "3x2,1x1,1x1", "sampled-3x2.jpg")


def by_pillow():
    exif = Image.Exif()
    exif[274] = 2
    mirrored = cornered().transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    mirrored.save("mirrored.webp", exif=exif.tobytes())
    mirrored.save("mirrored.png", exif=exif.tobytes())
    cornered(mode="1").save("fax-bytes.tif", compression="tiff_ccitt")
    cornered(mode="1").save("bilevel.bmp")
    cornered(mode="P").save("palette.tif")


with tempfile.TemporaryDirectory() as folder:
    by_tifffile()
    by_libtiff(pathlib.Path(folder))
    by_imagemagick(pathlib.Path(folder))
    by_pillow()
