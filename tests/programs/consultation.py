"""SOAPify's Python client: `consultation.py BASE_URL PHONE CODE AUDIO_FILE`.

A doctor logs in with a telephone number and a one-time code, and nothing else, sends a recording, and asks every five
seconds until its note is there. The requests, their fields and what is read from the answers are the document's. Prints
what it got as JSON.
"""

import argparse
import json
import time

import requests

# Seconds: the document sets no limit, a test must end.
TIMEOUT_S = 30
# The document's own pause and patience.
POLL_S = 5
PATIENCE_S = 300


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

    def create(self, audio: str, name: str, age: int, complaint: str) -> dict:
        with open(audio, "rb") as recording:
            answer = self.session.post(
                f"{self.base}/api/encounters/",
                files={"audio_file": recording},
                data={"patient_name": name, "patient_age": age, "chief_complaint": complaint},
                timeout=TIMEOUT_S,
            )
        answer.raise_for_status()
        return answer.json()

    def get(self, path: str) -> dict:
        answer = self.session.get(f"{self.base}{path}", timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.json()

    def wait(self, encounter: int) -> dict:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if self.get(f"/api/encounters/{encounter}/status/")["data"]["status"] in ["completed", "failed"]:
                break
            time.sleep(POLL_S)
        return self.get(f"/api/encounters/{encounter}/")


def consult(base: str, phone: str, code: str, audio: str) -> dict:
    client = Client(base)
    opened = client.log_in(phone, code)
    created = client.create(audio, "John Doe", 45, "Persistent headache")
    done = client.wait(created["data"]["id"])
    return {"opened": opened, "created": created, "soap_note": done["data"]["soap_note"], "done": done}


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("base", help="where the server listens, as http://host:port")
    arguments.add_argument("phone", help="the doctor's")
    arguments.add_argument("code", help="the six digits that came by SMS")
    arguments.add_argument("audio", help="a recording")
    given = arguments.parse_args()
    print(json.dumps(consult(given.base, given.phone, given.code, given.audio)))
