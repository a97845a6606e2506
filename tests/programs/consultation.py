"""SOAPify's Python client: `consultation.py BASE_URL PHONE CODE AUDIO_FILE`.

A doctor logs in with a telephone number and a one-time code, and nothing else, and sends a recording. The requests, their
fields and what is read from the answers are the document's. Where the server takes no recordings (501) it stops there and
says so. Prints what it got as JSON.
"""

import argparse
import json

import requests

# Seconds: the document sets no limit, a test must end.
TIMEOUT_S = 30


class Client:
    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()

    def log_in(self, phone: str, code: str) -> dict:
        answer = self.session.post(
            f"{self.base}/api/integrations/otp/verify/",
            json={"phone_number": phone, "otp_code": code},
            timeout=TIMEOUT_S,
        )
        answer.raise_for_status()
        opened = answer.json()
        self.session.headers.update({"Authorization": f"Bearer {opened['data']['jwt_token']}"})
        return opened

    def create(self, audio: str, name: str, age: int, complaint: str) -> requests.Response:
        with open(audio, "rb") as recording:
            return self.session.post(
                f"{self.base}/api/encounters/",
                files={"audio_file": recording},
                data={"patient_name": name, "patient_age": age, "chief_complaint": complaint},
                timeout=TIMEOUT_S,
            )


def consult(base: str, phone: str, code: str, audio: str) -> dict:
    client = Client(base)
    opened = client.log_in(phone, code)
    created = client.create(audio, "John Doe", 45, "Persistent headache")
    told = {"opened": opened, "status": created.status_code, "created": created.json()}
    if created.status_code != 501:
        created.raise_for_status()
        # What follows rests on what becomes of the recording: `GET /api/encounters/{id}/status/` until it is completed.
        told["listed"] = client.session.get(f"{base}/api/encounters/", timeout=TIMEOUT_S).json()
    return told


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("base", help="where the server listens, as http://host:port")
    arguments.add_argument("phone", help="the doctor's")
    arguments.add_argument("code", help="the six digits that came by SMS")
    arguments.add_argument("audio", help="a recording")
    given = arguments.parse_args()
    print(json.dumps(consult(given.base, given.phone, given.code, given.audio)))
