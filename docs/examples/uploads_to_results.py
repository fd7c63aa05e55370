"""Upload sheets to S3, and take their results off a queue: no job, no webhook.

    python uploads_to_results.py SaS_2017_Final roster.xlsx scans/*.jpg

The bucket tells hakbeon's queue of each upload (UploadsAreJobs, or by hand as in
docs/operations.md), and hakbeon puts each event on RESULT_QUEUE_URL. Needs boto3, which
reads region, keys and endpoints from the environment.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from pathlib import Path

import boto3

BATCH = time.strftime("%Y-%m-%d")


def verified(message):
    """The event in a message, if the one who shares our secret has sent it."""
    attributes = {name: a["StringValue"] for name, a in message["MessageAttributes"].items()}
    said = f"{attributes['webhook-id']}.{attributes['webhook-timestamp']}.{message['Body']}"
    for secret in os.environ["WEBHOOK_SECRET"].split(","):
        key = base64.b64decode(secret.strip().removeprefix("whsec_"))
        ours = "v1," + base64.b64encode(hmac.digest(key, said.encode(), hashlib.sha256)).decode()
        if any(hmac.compare_digest(ours, theirs) for theirs in attributes["webhook-signature"].split()):
            return attributes["webhook-id"], json.loads(message["Body"])
    raise ValueError("an event that is not hakbeon's")


def main(exam_code, roster, sheets):
    bucket, results = os.environ["S3_BUCKET"], os.environ["RESULT_QUEUE_URL"]
    s3, sqs = boto3.client("s3"), boto3.client("sqs")

    # 1. The roster first, then the sheets: S3 tells of each.
    s3.upload_file(roster, bucket, f"rosters/{exam_code}.xlsx")
    for sheet in sheets:
        s3.upload_file(sheet, bucket, f"uploads/{exam_code}/{BATCH}/{Path(sheet).name}")
    # 2. Events come more than once and in any order: an id that was seen is passed over,
    #    and of a sheet the highest version counts.
    seen, latest, closed, ended = set(), {}, False, False
    while not (ended and len(latest) == len(sheets) and all(r["final"] for r in latest.values())):
        got = sqs.receive_message(QueueUrl=results, MaxNumberOfMessages=10, WaitTimeSeconds=10, MessageAttributeNames=["All"])
        for message in got.get("Messages", []):
            event_id, event = verified(message)
            data = event["data"]
            if event_id not in seen and data.get("exam_code") == exam_code and data.get("batch_id") == BATCH:
                seen.add(event_id)
                if event["type"].startswith("sheet."):
                    if data["version"] > latest.get(data["sheet"], {"version": 0})["version"]:
                        latest[data["sheet"]] = data
                elif event["type"] == "batch.completed":
                    ended = data["total"] == len(sheets)
            sqs.delete_message(QueueUrl=results, ReceiptHandle=message["ReceiptHandle"])
        # 3. The batch ends when nothing has come for ten minutes (BATCH_IDLE), or at once
        #    when we say that all is there.
        if len(latest) == len(sheets) and not closed:
            close = {"type": "close", "exam_code": exam_code, "batch_id": BATCH}
            sqs.send_message(QueueUrl=os.environ["SQS_QUEUE_URL"], MessageBody=json.dumps(close), MessageGroupId=exam_code)
            closed = True

    for result in sorted(latest.values(), key=lambda r: r["filename"]):
        print(result["filename"], result["status"], result["student_id"] or "-", result["meta"]["s3_keys"]["original"] or "-")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
