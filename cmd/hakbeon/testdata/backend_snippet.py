import requests
AI_SERVER_URL = "http://ai-server:8000"
with open("roster.xlsx", "rb") as f:
    response = requests.post(f"{AI_SERVER_URL}/upload-roster/", files={"file": ("roster.xlsx", f)})
with open("answer_sheet.jpg", "rb") as f:
    response = requests.post(f"{AI_SERVER_URL}/extract-student-id/",
        files={"image": ("answer.jpg", f)}, params={"exam_code": "SaS_2017_Final"})
result = response.json()
if result["success"]:
    student_id = result["student_id"]
    s3_keys = result["meta"]["s3_keys"]
