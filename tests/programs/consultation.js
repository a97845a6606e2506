// SOAPify's JavaScript client: `consultation.js BASE_URL TOKEN REFRESH_TOKEN AUDIO_FILE`.
//
// An application that was left alone for a while: the token that it kept may have expired. It sends a recording as a
// browser does, is told over a WebSocket how far it is, asks every five seconds until it is done, and reads what came of
// it. The client, its interceptors, the requests and what is read from the answers are the document's; how a token is
// renewed the document leaves to the reader. Prints what it got as JSON.

"use strict";

const fs = require("node:fs");
const axios = require("axios");
const WebSocket = require("ws");

// Milliseconds: the document sets no limit, a test must end. The pause is the document's own.
const REQUEST_MS = 30_000;
const PAUSE_MS = 5_000;
const PATIENCE_MS = 120_000;

const [base, token, refresh, audio] = process.argv.slice(2);
if (!audio) {
  console.error("usage: consultation.js BASE_URL TOKEN REFRESH_TOKEN AUDIO_FILE");
  process.exit(2);
}

// What a browser has for it.
const localStorage = new Map([["jwt_token", token], ["refresh_token", refresh]]);
// The statuses of all answers, to say what was renewed and sent again.
const statuses = [];
const shown = [];

const client = axios.create({
  baseURL: base,
  timeout: REQUEST_MS,
  headers: { "Content-Type": "application/json" },
});

client.interceptors.request.use((config) => {
  const kept = localStorage.get("jwt_token");
  if (kept) {
    config.headers.Authorization = `Bearer ${kept}`;
  }
  return config;
});

client.interceptors.response.use(
  (response) => {
    statuses.push(response.status);
    return response;
  },
  async (error) => {
    statuses.push(error.response?.status ?? error.code);
    if (error.response?.status === 401) {
      const renewed = await refreshToken(error.response.data);
      error.config.headers.Authorization = `Bearer ${renewed}`;
      return client.request(error.config);
    }
    return Promise.reject(error);
  },
);

// Only once: a second refusal is a failure, not a reason to ask for ever.
let renewals = 0;
async function refreshToken(refused) {
  renewals += 1;
  if (renewals > 1) {
    throw new Error(`a renewed token is refused: ${JSON.stringify(refused)}`);
  }
  shown.push(refused);
  const body = { refresh_token: localStorage.get("refresh_token") };
  const answer = await axios.post(`${base}/api/auth/token/refresh/`, body, { timeout: REQUEST_MS });
  const renewed = answer.data.data.jwt_token;
  localStorage.set("jwt_token", renewed);
  return renewed;
}

const createEncounter = async (audioBlob, patientData) => {
  const form = new FormData();
  form.append("audio_file", audioBlob, "recording.webm");
  form.append("patient_name", patientData.name);
  form.append("patient_age", patientData.age);
  form.append("chief_complaint", patientData.complaint);
  const response = await client.post("/api/encounters/", form, {
    headers: { "Content-Type": "multipart/form-data" },
  });
  return response.data;
};

const pollEncounterStatus = async (id) => {
  const until = Date.now() + PATIENCE_MS;
  const told = [];
  for (;;) {
    const response = await client.get(`/api/encounters/${id}/status/`);
    const { status, progress } = response.data.data;
    told.push(progress);
    if (status === "completed" || status === "failed") {
      break;
    }
    if (Date.now() > until) {
      throw new Error(`it stays ${JSON.stringify(response.data)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const read = await client.get(`/api/encounters/${id}/`);
  return { told, read: read.data };
};

// What is told of a consultation until it is done.
const watchEncounter = (id) =>
  new Promise((resolve, reject) => {
    const updates = [];
    const ws = new WebSocket(`${base.replace(/^http/, "ws")}/ws/encounters/`, {
      headers: { Authorization: `Bearer ${localStorage.get("jwt_token")}` },
    });
    const late = setTimeout(() => reject(new Error(`only told ${JSON.stringify(updates)}`)), PATIENCE_MS);
    ws.on("open", () => ws.send(JSON.stringify({ action: "subscribe", encounter_id: id })));
    ws.on("error", reject);
    ws.on("close", (code) => reject(new Error(`closed with ${code} after ${JSON.stringify(updates)}`)));
    ws.on("message", (message) => {
      const update = JSON.parse(message);
      updates.push(update);
      if (update.type !== "encounter_update") {
        reject(new Error(`not told: ${message}`));
      } else if (update.status === "completed" || update.status === "failed") {
        clearTimeout(late);
        ws.removeAllListeners("close");
        ws.close();
        resolve(updates);
      }
    });
  });

const consult = async () => {
  // What MediaRecorder gives.
  const blob = new Blob([fs.readFileSync(audio)], { type: "audio/webm" });
  const patient = { name: "John Doe", age: 45, complaint: "Persistent headache" };
  const created = await createEncounter(blob, patient);
  const [updates, polled] = await Promise.all([
    watchEncounter(created.data.id),
    pollEncounterStatus(created.data.id),
  ]);
  return { refused: shown, statuses, created, updates, polled: polled.told, done: polled.read };
};

consult().then(
  (got) => console.log(JSON.stringify(got)),
  (error) => {
    console.error(error.response?.data ?? error);
    process.exitCode = 1;
  },
);
