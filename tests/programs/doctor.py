"""MedCor's "Creating a Doctor with Specialty": `doctor.py BASE_URL EMAIL PASSWORD HOSPITAL_ID`.

A hospital's administrator logs in, creates a doctor, finds a specialty and gives it to the doctor. Prints the doctor and
the assignment as JSON.
"""

import argparse
import json

import requests

# Seconds: the document sets no limit, a test must end.
TIMEOUT_S = 30


def create(base: str, email: str, password: str, hospital: int) -> dict:
    # The document's program goes on with the headers of an earlier log-in, with the right to create users.
    credentials = {"email": email, "password": password}
    logged_in = requests.post(f"{base}/api/auth/login/", json=credentials, timeout=TIMEOUT_S)
    logged_in.raise_for_status()
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {logged_in.json()['tokens']['access']}",
    }

    doctor = requests.post(
        f"{base}/api/auth/users/",
        json={
            "email": "dr.wilson@hospital.com",
            "username": "drwilson",
            "password": "DoctorPass123!",
            "first_name": "Robert",
            "last_name": "Wilson",
            "role": "doctor",
            "hospital": hospital,
            "department": "Neurology",
            "license_number": "MD789012",
            "years_of_experience": 15,
        },
        headers=headers,
        timeout=TIMEOUT_S,
    )
    doctor.raise_for_status()
    doctor_id = doctor.json()["id"]

    specialties = requests.get(
        f"{base}/api/specialty/",
        params={"search": "Neurology"},
        headers=headers,
        timeout=TIMEOUT_S,
    )
    specialties.raise_for_status()
    neurology_id = specialties.json()["results"][0]["id"]

    assignment = requests.post(
        f"{base}/api/specialty/doctor-specialties/",
        json={
            "doctor": doctor_id,
            "specialty": neurology_id,
            "is_primary": True,
            "years_of_experience": 15,
            "certification_date": "2010-08-20",
        },
        headers=headers,
        timeout=TIMEOUT_S,
    )
    assignment.raise_for_status()
    return {"doctor": doctor.json(), "assignment": assignment.json()}


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("base", help="where the server listens, as http://host:port")
    arguments.add_argument("email", help="the administrator's")
    arguments.add_argument("password")
    arguments.add_argument("hospital", type=int, help="the hospital's id")
    given = arguments.parse_args()
    print(json.dumps(create(given.base, given.email, given.password, given.hospital)))
