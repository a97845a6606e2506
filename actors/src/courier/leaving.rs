//! An attempt: a message goes to the gateway of its channel, and how that ended is counted.

use crate::shell::Turn;
use ward_domain::courier::{Attempt, Channel, OutgoingMessage};
use ward_gateways::{Mail, MailError, Sms, SmsError};

/// Hands a message over.
pub(super) async fn leave(turn: &Turn, message: &OutgoingMessage) -> Attempt {
    match message.channel {
        Channel::Mail => {
            let attempt = by_mail(turn, message).await;
            metrics::counter!("ward_mail_attempts_total", "outcome" => outcome(&attempt)).increment(1);
            attempt
        }
        Channel::Sms => {
            let attempt = by_sms(turn, message).await;
            metrics::counter!("ward_sms_attempts_total", "outcome" => outcome(&attempt)).increment(1);
            attempt
        }
    }
}

/// Counts a message that nobody will take.
pub(super) fn given_up(channel: Channel) {
    match channel {
        Channel::Mail => metrics::counter!("ward_mail_dead_total").increment(1),
        Channel::Sms => metrics::counter!("ward_sms_dead_total").increment(1),
    }
}

async fn by_mail(turn: &Turn, message: &OutgoingMessage) -> Attempt {
    let mail = Mail {
        message_id: message.id,
        at: message.created_at,
        from: turn.env.sender.clone(),
        to: message.to.clone(),
        subject: message.subject.clone(),
        text: message.body.clone(),
    };
    match turn.env.mailer.send(&turn.scope, &mail).await {
        Ok(()) => Attempt::Accepted,
        Err(MailError::Later(why)) => Attempt::Failed(why.into_owned()),
        Err(MailError::Never(why)) => Attempt::Refused(why.into_owned()),
    }
}

async fn by_sms(turn: &Turn, message: &OutgoingMessage) -> Attempt {
    let sms = Sms {
        message_id: message.id,
        at: message.created_at,
        to: message.to.clone(),
        text: message.body.clone(),
    };
    match turn.env.sms.send(&turn.scope, &sms).await {
        Ok(()) => Attempt::Accepted,
        Err(SmsError::Later(why)) => Attempt::Failed(why.into_owned()),
        // It may have gone out, and nobody at the other end can tell a second one from the first.
        Err(SmsError::Never(why) | SmsError::Unknown(why)) => Attempt::Refused(why.into_owned()),
    }
}

const fn outcome(attempt: &Attempt) -> &'static str {
    match attempt {
        Attempt::Accepted => "accepted",
        Attempt::Failed(_) => "failed",
        Attempt::Refused(_) => "refused",
    }
}
