"""Draws a picture whose top left quarter is black, and writes a roster of three
students, with as many programs as there are: FORMAT--WRITER--KIND.ENDING in the
folder that is named. A program that is missing is left out, and said.
"""

import csv
import io
import pathlib
import shutil
import subprocess
import sys

out = pathlib.Path(sys.argv[1])


def path(kind, writer, variant, ending=None):
    return str(out / f"{kind}--{writer}--{variant}.{ending or kind}")


def by(writer):
    def run(write):
        try:
            write(writer)
        except Exception as err:  # whatever a program that isn't there raises
            print(f"left out: {writer}: {type(err).__name__}: {err}", file=sys.stderr)

    return run


def cornered(width=640, height=480, mode="RGB"):
    from PIL import Image, ImageDraw

    page = Image.new("L", (width, height), 255)
    ImageDraw.Draw(page).rectangle([0, 0, width // 2 - 1, height // 2 - 1], fill=0)
    return page.convert(mode)


@by("Pillow")
def _(writer):
    for mode in "L", "RGB", "CMYK":
        cornered(mode=mode).save(path("jpeg", writer, mode, "jpg"))
    cornered().save(path("jpeg", writer, "progressive", "jpg"), progressive=True)
    for mode in "1", "L", "LA", "P", "RGB", "RGBA":
        cornered(mode=mode).save(path("png", writer, mode))
    for mode in "L", "RGB":
        cornered(mode=mode).save(path("webp", writer, mode))
        cornered(mode=mode).save(path("webp", writer, mode + "-lossless"), lossless=True)
    for mode in "1", "L", "P", "RGB":
        cornered(mode=mode).save(path("bmp", writer, mode))
    for pack in "raw", "tiff_ccitt", "group3", "group4", "packbits":
        cornered(mode="1").save(path("tiff", writer, pack, "tif"), compression=pack)
    for mode in "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "YCbCr":
        cornered(mode=mode).save(path("tiff", writer, mode, "tif"))
    for mode in "L", "RGB", "CMYK", "YCbCr":
        cornered(mode=mode).save(path("tiff", writer, mode + "-jpeg", "tif"), compression="jpeg")
    cornered().save(path("tiff", writer, "pages", "tif"), save_all=True, append_images=[cornered(mode="1"), cornered(mode="L")])
    for mode in "1", "L", "RGB":
        cornered(mode=mode).save(path("pdf", writer, mode), resolution=100)


@by("pillow-heif")
def _(writer):
    import pillow_heif

    for mode in "L", "RGB":
        pillow_heif.from_pillow(cornered(mode=mode)).save(path("heic", writer, mode))


@by("pylibheif")
def _(writer):
    import pylibheif

    for encoder in pylibheif.get_encoder_descriptors(pylibheif.HeifCompressionFormat.HEVC):
        for mode in "L", "RGB":
            context = pylibheif.HeifContext()
            pylibheif.HeifEncoder(encoder).encode_image(context, pylibheif.from_pillow(cornered(mode=mode)))
            context.write_to_file(path("heic", writer, f"{encoder.id_name}-{mode}"))


@by("libvips")
def _(writer):
    import pyvips

    for mode in "L", "RGB":
        image = pyvips.Image.new_from_memory(cornered(mode=mode).tobytes(), 640, 480, 1 if mode == "L" else 3, "uchar")
        image = image.copy(interpretation="b-w" if mode == "L" else "srgb")
        image.write_to_file(path("jpeg", writer, mode, "jpg"))
        image.write_to_file(path("png", writer, mode))
        image.write_to_file(path("webp", writer, mode))
        for pack in "none", "lzw", "deflate", "packbits", "jpeg":
            image.write_to_file(path("tiff", writer, f"{mode}-{pack}", "tif"), compression=pack)
        image.write_to_file(path("tiff", writer, mode + "-tiles", "tif"), tile=True, compression="jpeg", bigtiff=True)
        if mode == "L":
            for bits in 1, 2, 4:
                image.write_to_file(path("tiff", writer, f"{bits}-bit", "tif"), bitdepth=bits)
            image.write_to_file(path("tiff", writer, "fax", "tif"), bitdepth=1, compression="ccittfax4")


@by("imagecodecs")
def _(writer):
    import imagecodecs
    import numpy

    for mode in "L", "RGB":
        page = numpy.array(cornered(mode=mode))
        for kind, ending, encode in (
            ("jpeg", "jpg", imagecodecs.jpeg8_encode), ("png", "png", imagecodecs.png_encode), ("webp", "webp", imagecodecs.webp_encode),
            ("bmp", "bmp", imagecodecs.bmp_encode),
        ):
            if mode == "L" and kind == "webp":
                continue
            pathlib.Path(path(kind, writer, mode, ending)).write_bytes(encode(page))


@by("OpenCV")
def _(writer):
    import cv2
    import numpy

    page = numpy.array(cornered())
    for kind, ending in ("jpeg", "jpg"), ("png", "png"), ("webp", "webp"), ("bmp", "bmp"), ("tiff", "tif"):
        cv2.imwrite(path(kind, writer, "colour", ending), page)


@by("tifffile")
def _(writer):
    import numpy
    import tifffile

    grey, colour = numpy.array(cornered(mode="L")), numpy.array(cornered())
    for name, how in {
        "plain": {}, "lzw": {"compression": "lzw"}, "predicted": {"compression": "zlib", "predictor": True}, "tiles": {"tile": (64, 64)},
        "big": {"bigtiff": True}, "swapped": {"byteorder": ">"}, "jpeg": {"compression": "jpeg"}, "packbits": {"compression": "packbits"},
    }.items():
        tifffile.imwrite(path("tiff", writer, "grey-" + name, "tif"), grey, **how)
        tifffile.imwrite(path("tiff", writer, "colour-" + name, "tif"), colour, photometric="rgb", **how)
        if name != "jpeg":
            tifffile.imwrite(path("tiff", writer, "16-bit-" + name, "tif"), grey.astype("u2") * 257, **how)
            planes = numpy.moveaxis(colour, 2, 0).copy()
            tifffile.imwrite(path("tiff", writer, "planes-" + name, "tif"), planes, photometric="rgb", planarconfig="separate", **how)
    tifffile.imwrite(path("tiff", writer, "cmyk", "tif"), numpy.dstack([grey * 0] * 3 + [255 - grey]), photometric="separated")
    tifffile.imwrite(path("tiff", writer, "white-is-zero", "tif"), 255 - grey, photometric="miniswhite")


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


@by("libtiff")
def _(writer):
    sources = {mode: str(out / f"source-{mode}.tiff") for mode in ("1", "L", "RGB")}
    for mode, source in sources.items():
        cornered(mode=mode).save(source)
    try:
        for pack in "g3:1d", "g3:2d", "g3:1d:fill", "g3:2d:fill", "g4", "lzw", "zip", "packbits":
            for name, more in {"plain": [], "low": ["-f", "lsb2msb"], "strips": ["-r", "40"], "tiles": ["-t", "-w", "64", "-l", "64"]}.items():
                run("tiffcp", "-c", pack, *more, sources["1"], path("tiff", writer, pack.replace(":", "-") + "-" + name, "tif"))
        for pack in "none", "lzw", "lzw:2", "zip:2", "packbits", "jpeg", "jpeg:r":
            for mode in "L", "RGB":
                kind = f"{mode}-{pack.replace(':', '-')}"
                run("tiffcp", "-c", pack, "-r", "16", sources[mode], path("tiff", writer, kind, "tif"))
                run("tiffcp", "-c", pack, "-t", "-w", "64", "-l", "64", "-8", sources[mode], path("tiff", writer, kind + "-big", "tif"))
        run("tiffcp", "-p", "separate", "-c", "lzw", sources["RGB"], path("tiff", writer, "planes", "tif"))
        run("tiffcp", "-c", "jpeg", "-r", "16", sources["RGB"], sources["L"], path("tiff", writer, "pages", "tif"))
    finally:
        for source in sources.values():
            pathlib.Path(source).unlink()


@by("ImageMagick")
def _(writer):
    convert = "/usr/bin/convert"
    source = str(out / "source.png")
    cornered().save(source)
    try:
        for colours in "Bilevel", "Grayscale", "Palette", "TrueColor":
            for kind, ending in ("png", "png"), ("bmp", "bmp"), ("tiff", "tif"), ("heic", "heic"), ("webp", "webp"), ("jpeg", "jpg"):
                more = ["-compress", "none"] if kind == "bmp" else []
                run(convert, source, "-type", colours, *more, ("bmp3:" if kind == "bmp" else "") + path(kind, writer, colours, ending))
            for pack in "LZW", "Zip", "RLE":
                run(convert, source, "-type", colours, "-compress", pack, path("tiff", writer, f"{colours}-{pack}", "tif"))
        for pack in "Fax", "Group4":
            run(convert, source, "-type", "Bilevel", "-compress", pack, path("tiff", writer, pack, "tif"))
        for sampling in "1x1", "2x1", "2x2", "4x1", "3x1", "3x2", "1x3":
            run(convert, source, "-type", "TrueColor", "-sampling-factor", sampling, path("jpeg", writer, sampling, "jpg"))
        run(convert, source, "-type", "ColorSeparation", path("jpeg", writer, "inks", "jpg"))
        run(convert, source, "-type", "ColorSeparation", path("tiff", writer, "inks", "tif"))
    finally:
        pathlib.Path(source).unlink()


@by("libheif")
def _(writer):
    source = str(out / "source.png")
    for mode in "L", "RGB":
        cornered(mode=mode).save(source)
        run("heif-enc", "-o", path("heic", writer, mode), source)
    pathlib.Path(source).unlink()


@by("img2pdf")
def _(writer):
    import img2pdf

    for mode in "1", "L", "RGB":
        page = io.BytesIO()
        cornered(mode=mode).save(page, "PNG" if mode == "1" else "JPEG")
        pathlib.Path(path("pdf", writer, mode)).write_bytes(img2pdf.convert(page.getvalue()))


@by("ReportLab")
def _(writer):
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    page = Canvas(path("pdf", writer, "picture"), pagesize=(640, 480))
    page.drawImage(ImageReader(cornered()), 0, 0, 640, 480)
    page.save()
    page = Canvas(path("pdf", writer, "drawn"), pagesize=(640, 480))
    page.rect(0, 240, 320, 240, stroke=0, fill=1)
    page.save()


HEAD = ["학번", "이름", "학과"]
STUDENTS = [("00012345", "가 학생", "수학과"), ("32141837", "나 학생", "물리학과"), ("32141838", "다 학생", "통계학과")]


@by("openpyxl")
def _(writer):
    import openpyxl

    book = openpyxl.Workbook()
    for row in [HEAD, *STUDENTS]:
        book.active.append(row)
    book.save(path("xlsx", writer, "text"))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("명단")
    for row in [["기말고사"], [], HEAD, *STUDENTS]:
        sheet.append(row)
    book.save(path("xlsx", writer, "stream"))


@by("XlsxWriter")
def _(writer):
    import xlsxwriter

    for name, how in {"text": {}, "numbers": {}, "constant-memory": {"constant_memory": True}}.items():
        book = xlsxwriter.Workbook(path("xlsx", writer, name), how)
        sheet = book.add_worksheet()
        padded = book.add_format({"num_format": "00000000"})
        sheet.write_row(0, 0, HEAD)
        for i, (number, student, department) in enumerate(STUDENTS):
            if name == "numbers":
                sheet.write_number(i + 1, 0, int(number), padded)
            else:
                sheet.write_string(i + 1, 0, number)
            sheet.write(i + 1, 1, student)
            sheet.write(i + 1, 2, department)
        book.close()


@by("PyExcelerate")
def _(writer):
    from pyexcelerate import Workbook

    book = Workbook()
    book.new_sheet("명단", data=[HEAD, *STUDENTS])
    book.save(path("xlsx", writer, "text"))


@by("pandas")
def _(writer):
    import pandas

    table = pandas.DataFrame(STUDENTS, columns=HEAD)
    table.to_excel(path("xlsx", writer, "text"), index=False)
    table.to_csv(path("csv", writer, "utf-8"), index=False)
    table.to_csv(path("csv", writer, "cp949"), index=False, encoding="cp949")
    table.to_csv(path("csv", writer, "utf-16"), index=False, encoding="utf-16", sep="\t")
    table.to_html(path("html", writer, "page", "xls"))


@by("Python")
def _(writer):
    for name, how in {"excel": {}, "tabs": {"dialect": "excel-tab"}, "quoted": {"quoting": csv.QUOTE_ALL}, "semicolons": {"delimiter": ";"}, "old-mac": {"lineterminator": "\r"}}.items():
        with open(path("csv", writer, name), "w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file, **how).writerows([HEAD, *STUDENTS])


@by("xlwt")
def _(writer):
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("명단")
    for y, row in enumerate([HEAD, *STUDENTS]):
        for x, value in enumerate(row):
            sheet.write(y, x, value)
    book.save(path("xls", writer, "text"))


@by("PrettyTable")
def _(writer):
    from prettytable import PrettyTable

    table = PrettyTable(HEAD)
    table.add_rows(STUDENTS)
    pathlib.Path(path("html", writer, "table", "xls")).write_text(table.get_html_string(), encoding="utf-8")


@by("LibreOffice")
def _(writer):
    soffice = shutil.which("soffice")
    if not soffice:
        raise FileNotFoundError("soffice")
    source = out / "libreoffice.csv"
    with open(source, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *STUDENTS])
    for kind in "xlsx", "xls", "html", "csv", "xml":
        work = out / "libreoffice"
        how = "xml:MS Excel 2003 XML" if kind == "xml" else kind
        run(soffice, "--headless", "--infilter=CSV:44,34,76,1,1/2", "--convert-to", how, "--outdir", str(work), str(source))
        shutil.move(work / f"libreoffice.{kind}", path(kind, writer, "converted"))
    source.unlink()
