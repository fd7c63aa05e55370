"""Put an exam before hakbeon with boto3, and read what came of it.

    set -a; . /tmp/hakbeon.env     # or the environment of your backend
    python submit_exam.py SaS_2017_Final roster.xlsx scans/*.jpg

Needs boto3, which reads region, keys and endpoints from the environment.
"""

import json
import os
import sys
import time
import uuid
from pathlib import Path

import boto3


def main(exam_code, roster, sheets):
    bucket, queue = os.environ["S3_BUCKET"], os.environ["SQS_QUEUE_URL"]
    s3, sqs = boto3.client("s3"), boto3.client("sqs")

    # 1. The roster and the answer sheets go into S3.
    s3.upload_file(roster, bucket, f"rosters/{exam_code}.xlsx")
    keys = []
    for sheet in sheets:
        key = f"uploads/{exam_code}/{Path(sheet).name}"
        s3.upload_file(sheet, bucket, key)
        keys.append(key)

    # 2. The job goes on the queue: the exam and the keys. The batch_id is ours to
    #    choose; a job that is sent twice with the same one is done once.
    batch_id = time.strftime("%Y-%m-%d-") + uuid.uuid4().hex[:8]
    job = {"exam_code": exam_code, "keys": keys, "batch_id": batch_id}
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(job), MessageGroupId=exam_code)

    # 3. The results come by webhook. Who can't receive one reads them in S3:
    #    summary.json appears when the batch has ended.
    prefix = f"results/{exam_code}/{batch_id}"
    while True:
        try:
            summary = json.load(s3.get_object(Bucket=bucket, Key=f"{prefix}/summary.json")["Body"])
            break
        except s3.exceptions.NoSuchKey:
            time.sleep(1)

    for line in summary["sheets"]:
        result = json.load(s3.get_object(Bucket=bucket, Key=line["result"])["Body"])
        where = result["meta"]["s3_keys"]["original"]
        print(result["filename"], result["status"], result["student_id"] or "-", f"{result['confidence']:.4f}", where or "-")
    print(f"{summary['matched']} matched, {summary['needs_review']} to review, {summary['failed']} failed")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
