"""MedCor's "Complete Appointment Booking Flow": `booking.py BASE_URL EMAIL PASSWORD PATIENT_ID`.

A patient logs in, takes the first doctor of the list and the first of that doctor's free slots, and books it. The
requests, their order and what is read from the answers are the document's; so it is here that a changed shape of an
answer (a page where a bare list was promised, say) breaks a client's program. Prints the appointment as JSON.
"""

import argparse
import json

import requests

# Seconds: the document sets no limit, a test must end.
TIMEOUT_S = 30


def book(base: str, email: str, password: str, patient: int) -> dict:
    headers = {"Content-Type": "application/json"}

    credentials = {"email": email, "password": password}
    logged_in = requests.post(f"{base}/api/auth/login/", json=credentials, timeout=TIMEOUT_S)
    logged_in.raise_for_status()
    headers["Authorization"] = f"Bearer {logged_in.json()['tokens']['access']}"

    doctors = requests.get(f"{base}/api/auth/users/doctors/", headers=headers, timeout=TIMEOUT_S)
    doctors.raise_for_status()
    doctor = doctors.json()[0]["id"]

    slots = requests.get(
        f"{base}/api/appointments/availability-slots/",
        # A Python True goes out as is_available=True, with a capital.
        params={"doctor": doctor, "is_available": True},
        headers=headers,
        timeout=TIMEOUT_S,
    )
    slots.raise_for_status()
    slot = slots.json()["results"][0]["id"]

    appointment = requests.post(
        f"{base}/api/appointments/",
        json={
            "patient": patient,
            "doctor": doctor,
            "slot": slot,
            "appointment_type": "consultation",
            "reason": "Regular checkup",
        },
        headers=headers,
        timeout=TIMEOUT_S,
    )
    appointment.raise_for_status()
    return appointment.json()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("base", help="where the server listens, as http://host:port")
    arguments.add_argument("email", help="the patient's")
    arguments.add_argument("password")
    arguments.add_argument("patient", type=int, help="the patient's id")
    given = arguments.parse_args()
    print(json.dumps(book(given.base, given.email, given.password, given.patient)))
