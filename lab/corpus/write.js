// Writes the roster of draw.py with ExcelJS and SheetJS into the folder that is named.
"use strict";
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");

const out = process.argv[2];
const rows = [
  ["학번", "이름", "학과"],
  ["00012345", "가 학생", "수학과"], ["32141837", "나 학생", "물리학과"], ["32141838", "다 학생", "통계학과"],
];

async function main() {
  const book = new ExcelJS.Workbook();
  book.addWorksheet("명단").addRows(rows);
  await book.xlsx.writeFile(`${out}/xlsx--ExcelJS--text.xlsx`);
  await book.csv.writeFile(`${out}/csv--ExcelJS--text.csv`);

  const other = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(other, XLSX.utils.aoa_to_sheet(rows), "명단");
  for (const [kind, type, ending] of [["xlsx", "xlsx", "xlsx"], ["xls", "biff8", "xls"], ["html", "html", "xls"], ["xml", "xlml", "xls"], ["csv", "csv", "csv"]]) {
    XLSX.writeFile(other, `${out}/${kind}--SheetJS--${type}.${ending}`, { bookType: type });
  }
}

main().catch((err) => { console.error(err); process.exit(1); });
