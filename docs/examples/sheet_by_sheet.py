"""Read an exam over HTTP, one call a sheet, as one batch with one end.

    python sheet_by_sheet.py SaS_2017_Final roster.xlsx scans/*.jpg

Needs requests. AI_SERVER_URL is the worker's address, API_KEY one of its keys, if it has any.
"""

import os
import sys
import time
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter, Retry

SERVER = os.environ.get("AI_SERVER_URL", "http://127.0.0.1:8000")
BATCH = time.strftime("%Y-%m-%d")


def main(exam_code, roster, sheets):
    server = requests.Session()
    server.headers["X-API-Key"] = os.environ.get("API_KEY", "")
    # A worker with its hands full says when to come back (Retry-After). Each of these calls
    # may be made twice: the same file under the same name is the same sheet.
    busy = HTTPAdapter(max_retries=Retry(10, status_forcelist=[429, 503], allowed_methods=None, backoff_factor=0.1))
    server.mount("http://", busy)
    server.mount("https://", busy)

    def call(method, path, **given):
        answer = server.request(method, SERVER + path, timeout=60, **given)
        answer.raise_for_status()
        return answer.json()

    def send(path, field, file, **params):
        return call("POST", path, params=params, files={field: (Path(file).name, Path(file).read_bytes())})

    # 1. The roster first, then the sheets. Each answer is what the sheet alone says.
    send("/upload-roster/", "file", roster, exam_code=exam_code)
    for sheet in sheets:
        first = send("/extract-student-id/", "image", sheet, exam_code=exam_code, batch_id=BATCH)
        print(first["filename"], first["status"], "at first")

    # 2. The end, at which all sheets are decided together, comes when we say that all is there.
    batch = f"/exams/{exam_code}/batches/{BATCH}"
    call("POST", batch + "/close")
    while call("GET", batch, params={"limit": 0})["status"] != "completed":
        time.sleep(1)

    # 3. The results, some at a time.
    results, after = [], ""
    while after is not None:
        page = call("GET", batch, params={"after": after})
        results, after = results + page["sheets"], page["next"]
    for result in sorted(results, key=lambda r: r["filename"]):
        print(result["filename"], result["status"], result["student_id"] or "-", result["meta"]["s3_keys"]["original"] or "-")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
