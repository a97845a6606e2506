//! The proxy, and what it does.

use crate::{server, wire};
use scylla_proxy::{
    Condition, Node, Proxy, Reaction as _, RequestOpcode, RequestReaction, RequestRule, ResponseFrame,
    ResponseOpcode, ResponseReaction, ResponseRule, RunningProxy, ShardAwareness, example_db_errors,
    get_exclusive_local_address,
};
use std::collections::HashMap;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use ward_store_scylla::{Options, ScyllaStore};

/// What can go wrong with one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The server says that it timed out; it was never asked.
    TimedOut,
    /// The server says that it timed out; it has done it.
    TimedOutDone,
    /// Too few replicas.
    Unavailable,
    /// Too much to do.
    Overloaded,
    /// The connection breaks before the request arrives.
    CutBefore,
    /// The connection breaks before the answer arrives.
    CutAfter,
    /// The request is late.
    Late,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::TimedOut,
        Self::TimedOutDone,
        Self::Unavailable,
        Self::Overloaded,
        Self::CutBefore,
        Self::CutAfter,
        Self::Late,
    ];

    /// True where the fault meets an answer, not a request.
    pub const fn meets_answers(self) -> bool {
        matches!(self, Self::TimedOutDone | Self::CutAfter)
    }

    pub fn on_request(self) -> RequestReaction {
        match self {
            Self::Unavailable => RequestReaction::forge().unavailable(),
            Self::Overloaded => RequestReaction::forge().overloaded(),
            Self::CutBefore => RequestReaction::drop_connection(),
            Self::Late => RequestReaction::delay(Duration::from_millis(30)),
            _ => RequestReaction::forge().write_timeout(),
        }
    }

    pub fn on_answer(self) -> ResponseReaction {
        if self == Self::CutAfter {
            return ResponseReaction::drop_connection();
        }
        ResponseReaction::transform_frame(Arc::new(|frame: ResponseFrame| {
            ResponseFrame::forged_error(frame.params, example_db_errors::write_timeout(), None).unwrap()
        }))
    }
}

/// Requests that carry out a statement; what the driver does for itself is left alone.
pub fn statements() -> Condition {
    let opcodes = [RequestOpcode::Execute, RequestOpcode::Batch].map(Condition::RequestOpcode);
    Condition::any(opcodes).and(Condition::not(Condition::ConnectionRegisteredAnyEvent))
}

/// Answers to them.
pub fn answers() -> Condition {
    Condition::ResponseOpcode(ResponseOpcode::Result)
        .and(Condition::not(Condition::ConnectionRegisteredAnyEvent))
}

/// A session through a proxy of its own.
pub struct Proxied {
    pub proxy: RunningProxy,
    pub store: ScyllaStore,
    pub options: Options,
}

/// Opens a session through a proxy that does nothing yet.
pub async fn proxied() -> Proxied {
    let mut options = server::shared_options();
    let real = options.nodes[0].to_socket_addrs().unwrap().next().unwrap();
    let ours = SocketAddr::new(get_exclusive_local_address(), real.port());
    let node = Node::builder()
        .real_address(wire::after(real).await)
        .proxy_address(ours)
        .shard_awareness(ShardAwareness::Unaware);
    let proxy = Proxy::builder().with_node(node.build()).build().run().await.unwrap();
    let entrance = wire::before(ours, proxy.transport_factory()).await;
    // A node tells its address without a port: the driver takes the one that it came by.
    options.addresses = HashMap::from([(SocketAddr::new(real.ip(), entrance.port()), entrance)]);
    options.nodes = vec![entrance.to_string()];
    let store = ScyllaStore::open(options.clone()).await.unwrap();
    Proxied { proxy, store, options }
}

/// A fresh store through the proxy in which everything goes wrong now and then.
pub fn rough() -> ScyllaStore {
    static ROUGH: OnceLock<Proxied> = OnceLock::new();
    static REALM: AtomicU64 = AtomicU64::new(0);
    let proxied = ROUGH.get_or_init(|| {
        std::thread::spawn(|| {
            server::run(async {
                let mut proxied = proxied().await;
                let at_times = |fault: Fault| match fault {
                    // A cut takes everything on its connection along.
                    Fault::CutBefore | Fault::CutAfter => 0.001,
                    Fault::Late => 0.02,
                    _ => 0.005,
                };
                let (on_answers, on_requests): (Vec<_>, Vec<_>) =
                    Fault::ALL.into_iter().partition(|fault| fault.meets_answers());
                let now_and_then = |fault| Condition::RandomWithProbability(at_times(fault));
                let requests = on_requests
                    .iter()
                    .map(|fault| RequestRule(statements().and(now_and_then(*fault)), fault.on_request()));
                let responses = on_answers
                    .iter()
                    .map(|fault| ResponseRule(answers().and(now_and_then(*fault)), fault.on_answer()));
                let node = &mut proxied.proxy.running_nodes[0];
                node.change_request_rules(Some(requests.collect()));
                node.change_response_rules(Some(responses.collect()));
                proxied
            })
        })
        .join()
        .unwrap()
    });
    let realm = format!("rough {}", REALM.fetch_add(1, Ordering::Relaxed)).into_bytes();
    proxied.store.beside(Options { realm, ..proxied.options.clone() })
}
