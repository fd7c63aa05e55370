"""Drives a client that openapi-python-client made of /openapi.json, as a backend would.

    python generated_client.py URL KEY ROSTER SHEET
"""

import json
import sys
import time
from pathlib import Path

from hakbeon_client import AuthenticatedClient, Client
from hakbeon_client.api.exams import get_batch, list_exams, post_job
from hakbeon_client.api.rosters import get_roster, upload_roster
from hakbeon_client.api.sheets import extract_student_id
from hakbeon_client.models import (
    ErrorModel,
    ExtractStudentIdBody,
    PostJobRecognizeJob,
    UploadRosterBody,
)
from hakbeon_client.types import File

url, key, roster, sheet = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=key)


def of(path):
    return File(payload=Path(path).open("rb"), file_name=Path(path).name)


# Without a key the answer is an error with its own type.
refused = get_roster.sync(exam_code="E", client=Client(base_url=url))
assert isinstance(refused, ErrorModel) and refused.status == 401 and not refused.success, refused

answer = upload_roster.sync(client=client, body=UploadRosterBody(file=of(roster), exam_code="E"))
assert answer.success, answer

read = extract_student_id.sync(client=client, body=ExtractStudentIdBody(image=of(sheet)), exam_code="E")
assert read.success and read.meta.s3_keys.original, read

job = PostJobRecognizeJob(exam_code="E", keys=[read.sheet_key], batch_id="again")
begun = post_job.sync(client=client, body=job)
assert begun.success and begun.batch_id == "again", begun

for _ in range(120):
    batch = get_batch.sync(exam_code="E", batch_id="again", client=client)
    if not isinstance(batch, ErrorModel) and batch.status == "completed":
        break
    time.sleep(0.5)
assert batch.summary.matched == 1 and batch.sheets[0].final, batch

exams = list_exams.sync(client=client)
assert [e.exam_code for e in exams.exams] == ["E"], exams
print(json.dumps([read.student_id, batch.sheets[0].student_id, batch.sheets[0].status]))
