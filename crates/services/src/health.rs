//! What the house rests on, and what it is connected with: asked when someone wants to know, within bounds, and told as
//! it was found.
//!
//! A part is a [`Part`]: its key on the wire and a [`Probe`] that looks at it. The program makes the table
//! (`src/wiring/health.rs`); one more part is one more line there.

use async_trait::async_trait;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long one part may take to answer.
const WITHIN: Duration = Duration::from_secs(2);
/// How long what was found is told again: many who ask cost the parts no more than one.
const KEPT: Duration = Duration::from_secs(5);

/// How a part was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It answered.
    Healthy,
    /// It did not, or said that something is wrong.
    Unhealthy,
    /// There is none, or only what stands in for it on a developer's machine.
    NotConfigured,
}

impl Standing {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::NotConfigured => "not_configured",
        }
    }
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// How it stands.
    pub standing: Standing,
    /// Which model or version, where it has one that matters.
    pub version: Option<String>,
    /// What is left to pay with, of a part that is paid by use.
    pub credit: Option<f64>,
}

impl Look {
    /// Nothing but how it stands.
    pub const fn of(standing: Standing) -> Self {
        Self { standing, version: None, credit: None }
    }
}

/// Looks at a part. What it answers holds no secret and no patient's data; an error is for the log.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Looks.
    async fn look(&self) -> Look;
}

/// A part of the house.
pub struct Part {
    /// Its key in the answer, where the answer shows it by itself.
    pub key: &'static str,
    /// Whether nothing works without it.
    pub vital: bool,
    /// Looks at it.
    pub probe: Arc<dyn Probe>,
}

/// What the house is connected with, for people.
#[derive(Debug, Clone)]
pub struct Integration {
    /// For programs.
    pub id: &'static str,
    /// For people.
    pub name: String,
    /// What it is for.
    pub description: &'static str,
    /// What of Ward rests on it.
    pub features: &'static [&'static str],
    /// The part that says whether it works, by key.
    pub part: &'static str,
}

/// A part as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its key.
    pub key: &'static str,
    /// What the probe said.
    pub look: Look,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Whether nothing works without it.
    pub vital: bool,
}

/// The house in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overall {
    /// Everything that is configured answers.
    Healthy,
    /// Something that is configured does not.
    Degraded,
    /// Something does not without which nothing works.
    Unhealthy,
}

impl Overall {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }

    /// Of all that was found.
    pub fn of(found: &[Found]) -> Self {
        let bad = |found: &&Found| found.look.standing == Standing::Unhealthy;
        match found.iter().filter(bad).map(|found| found.vital).max() {
            Some(true) => Self::Unhealthy,
            Some(false) => Self::Degraded,
            None => Self::Healthy,
        }
    }
}

/// All parts and integrations.
pub struct Services {
    parts: Vec<Part>,
    integrations: Vec<Integration>,
    kept: Mutex<Option<(Instant, Vec<Found>)>>,
}

impl Services {
    /// The tables.
    pub const fn new(parts: Vec<Part>, integrations: Vec<Integration>) -> Self {
        Self { parts, integrations, kept: Mutex::const_new(None) }
    }

    /// Every part as it is found now, or was a moment ago. Who asks meanwhile waits for the same look.
    pub async fn look(&self) -> Vec<Found> {
        let mut kept = self.kept.lock().await;
        if let Some((at, found)) = &*kept
            && at.elapsed() < KEPT
        {
            return found.clone();
        }
        let found = join_all(self.parts.iter().map(look_at)).await;
        *kept = Some((Instant::now(), found.clone()));
        found
    }

    /// What the house is connected with, each with how it stands.
    pub async fn integrations(&self) -> Vec<(Integration, Standing)> {
        let found = self.look().await;
        let standing =
            |part: &str| found.iter().find(|found| found.key == part).map(|found| found.look.standing);
        let all = self.integrations.iter();
        all.map(|one| (one.clone(), standing(one.part).unwrap_or(Standing::NotConfigured))).collect()
    }
}

async fn look_at(part: &Part) -> Found {
    let began = Instant::now();
    let look = timeout(WITHIN, part.probe.look()).await.unwrap_or_else(|_| {
        tracing::warn!(part = part.key, "did not answer in time");
        Look::of(Standing::Unhealthy)
    });
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Found { key: part.key, look, ms, vital: part.vital }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Default)]
    struct Counted(AtomicU32);

    #[async_trait]
    impl Probe for Counted {
        async fn look(&self) -> Look {
            self.0.fetch_add(1, Ordering::Relaxed);
            Look::of(Standing::Healthy)
        }
    }

    struct Never;

    #[async_trait]
    impl Probe for Never {
        async fn look(&self) -> Look {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn a_part_that_does_not_answer_costs_two_seconds_and_who_asks_meanwhile_waits_for_the_same() {
        let counted = Arc::new(Counted::default());
        let part = |key, vital, probe: Arc<dyn Probe>| Part { key, vital, probe };
        let parts = vec![part("database", true, counted.clone()), part("away", false, Arc::new(Never))];
        let services = Services::new(parts, Vec::new());
        let began = Instant::now();
        let (found, same) = tokio::join!(services.look(), services.look());
        assert!((WITHIN..KEPT).contains(&began.elapsed()), "{:?}", began.elapsed());
        assert_eq!(found, same);
        assert_eq!(
            (found[0].look.standing, found[1].look.standing),
            (Standing::Healthy, Standing::Unhealthy)
        );
        assert_eq!((Overall::of(&found), found[1].ms >= 2_000), (Overall::Degraded, true));
        assert_eq!(counted.0.load(Ordering::Relaxed), 1, "it was kept");
    }

    #[test]
    fn what_is_not_configured_is_not_ill_and_what_is_vital_is_all() {
        let found = |standing, vital| Found { key: "part", look: Look::of(standing), ms: 1, vital };
        let (good, bad, none) = (Standing::Healthy, Standing::Unhealthy, Standing::NotConfigured);
        for (found, overall) in [
            (vec![found(good, true), found(none, false)], Overall::Healthy),
            (vec![found(good, true), found(bad, false)], Overall::Degraded),
            (vec![found(bad, true), found(bad, false)], Overall::Unhealthy),
        ] {
            assert_eq!(Overall::of(&found), overall);
        }
    }
}
