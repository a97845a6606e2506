//! Meilisearch passes the port's suite: the real server where `MEILI_URL` names one (its key in `MEILI_MASTER_KEY`), a
//! double of its protocol otherwise. The run says which.

#![allow(clippy::unwrap_used, reason = "tests")]

mod subject;

use subject::subject;

ward_search::conformance!(subject);
