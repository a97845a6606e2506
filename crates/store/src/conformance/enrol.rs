//! One line enrols a back end; this is what the line grows into.

use std::time::Duration;

/// Longer than any case takes on a slow machine: a case that hangs fails under its own name.
const DEADLINE: Duration = Duration::from_mins(3);

/// Runs a case, and fails it if it does not end.
pub async fn within_deadline(case: impl Future<Output = ()>) {
    tokio::time::timeout(DEADLINE, case).await.expect("the case hangs");
}

/// Enrols a back end in the suite: `ward_store::conformance!(name, factory)`.
///
/// `factory` is called for every case without arguments, as an async function, and gives a fresh empty store and
/// whatever has to live as long as the store (a temporary folder, or `()`):
///
/// ```text
/// async fn open() -> (EmbeddedStore, tempfile::TempDir) { … }
/// ward_store::conformance!(embedded, open);
/// ```
///
/// Each case becomes one test, named `embedded::plain::lists::ties_are_ordered_by_id`, and the same behind [`Sealed`]
/// as `embedded::sealed::…`; `embedded::random::…` are the random walks, bare and behind [`Faulty`]. The enrolling
/// crate needs `tokio` among its dev-dependencies.
///
/// [`Sealed`]: crate::Sealed
/// [`Faulty`]: crate::Faulty
#[macro_export]
macro_rules! conformance {
    ($name:ident, $factory:expr) => {
        #[allow(unused_imports, clippy::wildcard_imports)]
        mod $name {
            use super::*;

            mod plain {
                use super::*;
                $crate::__conformance_each_case!(plain, $factory);
            }

            mod sealed {
                use super::*;
                $crate::__conformance_each_case!(sealed, $factory);
            }

            mod random {
                use super::*;
                $crate::__conformance_random!($factory);
            }
        }
    };
}

/// Enrols a back end that has passed the whole suite once more, behind something that disturbs it and takes time: every
/// case bare, and one random walk. `ward_store::conformance_again!(name, factory)`, as [`crate::conformance!`].
#[macro_export]
macro_rules! conformance_again {
    ($name:ident, $factory:expr) => {
        #[allow(unused_imports, clippy::wildcard_imports)]
        mod $name {
            use super::*;

            mod plain {
                use super::*;
                $crate::__conformance_each_case!(plain, $factory);
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn random() {
                let (store, _guard) = ($factory)().await;
                let subject = $crate::conformance::Subject::plain(store);
                let [seed, ..] = $crate::conformance::random::SEEDS;
                let walk =
                    $crate::conformance::random::walk(&subject, seed, $crate::conformance::random::STEPS);
                $crate::conformance::within_deadline(walk).await;
            }
        }
    };
}

/// The list of all cases.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_each_case {
    ($wrapped:ident, $factory:expr) => {
        $crate::__conformance_tests! { $wrapped, $factory;
            commits {
                an_aggregate_begins_at_version_zero,
                each_commit_raises_the_version_by_one,
                a_document_keeps_the_version_that_wrote_it,
                a_commit_carries_everything_at_once,
                a_commit_without_content_counts,
                a_document_can_go_and_come_back,
                a_stale_version_is_refused_and_leaves_nothing,
                a_version_not_reached_is_refused_and_leaves_nothing,
                a_taken_claim_refuses_the_whole_commit,
                a_taken_span_refuses_the_whole_commit,
                aggregates_have_versions_of_their_own,
                a_commit_is_seen_by_the_next_read,
            }
            retries {
                a_commit_sent_twice_is_carried_out_once,
                the_latest_commits_are_known_again,
                a_commit_sent_late_does_not_undo_what_followed,
                the_outcome_of_a_standing_commit,
                the_outcome_of_what_never_arrived,
                a_refused_commit_is_absent_and_may_stand_later,
            }
            limits {
                a_commit_at_the_limit_stands,
                a_commit_over_the_limit_is_refused_and_leaves_nothing,
                a_page_has_at_most_a_thousand_rows,
                a_limit_of_nothing_still_counts,
            }
            documents {
                a_document_that_is_not_there,
                kinds_do_not_share_ids,
                many_come_in_the_order_asked,
                bodies_are_bytes,
            }
            lists {
                rows_are_ordered_by_sort_key,
                ties_are_ordered_by_id,
                descending_is_the_exact_reverse,
                an_offset_skips_rows,
                a_page_past_the_end_is_empty,
                bounds_are_inclusive,
                bounds_that_hold_nothing,
                the_extreme_sort_keys,
                lists_and_equal_fields_are_apart,
                an_empty_list,
            }
            cursors {
                a_cursor_goes_on_after_its_row,
                a_cursor_need_not_exist_any_more,
                a_cursor_stays_within_bounds,
                a_cursor_does_not_change_the_total,
                pages_by_cursor_and_by_offset_agree,
            }
            rows {
                an_update_moves_a_row,
                rows_that_stay_are_not_touched,
                a_row_put_twice_counts_once,
                dropping_what_is_not_there_changes_nothing,
                a_document_that_goes_takes_its_rows,
                totals_follow_every_change,
            }
            platform {
                rows_of_all_tenants_in_one_list,
                equal_fields_find_the_tenant_of_a_log_in,
                rows_leave_with_their_documents,
            }
            claims {
                a_claim_is_its_takers,
                a_claim_of_another_is_refused,
                only_the_owner_releases,
                releasing_what_is_not_held,
                a_released_claim_is_free,
                the_owner_takes_again_with_a_new_body,
                a_claim_lapses_at_its_time,
                a_lapsed_claim_goes_to_the_next,
                the_owner_prolongs,
                a_claim_without_end_stays,
                one_of_two_claims_taken_leaves_neither,
                operations_follow_their_order,
            }
            spans {
                overlapping_spans_are_refused,
                adjacent_spans_stand,
                an_own_span_is_in_the_way_too,
                one_commit_takes_many_spans,
                many_owners_share_a_day,
                only_the_owner_releases_a_span,
                a_released_span_is_free,
                a_span_moves_within_one_commit,
                keys_have_spans_of_their_own,
                spans_are_no_claims,
            }
            events {
                events_come_out_as_they_went_in,
                the_oldest_come_first,
                a_late_event_appears,
                settled_events_are_gone,
                settling_what_is_not_there,
                tenants_with_events_are_known,
            }
            bodies {
                bodies_come_in_the_order_of_their_places,
                bodies_go_on_after_a_place,
                bodies_are_sealed_or_plain,
                a_swap_replaces_exactly_what_it_expects,
                a_swap_leaves_version_and_rows,
                a_swap_of_what_is_gone,
            }
            tenancy {
                no_read_reaches_another_tenant,
                no_write_reaches_another_tenant,
                the_platform_is_a_tenant_of_its_own,
            }
            destroy {
                everything_of_the_tenant_goes,
                other_tenants_stay,
                an_empty_tenant_can_be_destroyed,
                a_destroyed_tenant_begins_anew,
            }
            leases {
                a_lease_names_a_node,
                a_renewal_keeps_the_node,
                no_two_holders_can_mint_the_same_id,
                nodes_are_leased_again_above_the_floor,
            }
            moving {
                a_walk_meets_every_item_once,
                what_moves_out_moves_in_again,
                another_store_takes_the_same,
                a_snapshot_is_of_one_moment,
                an_import_needs_an_empty_store,
                an_unfinished_import_serves_nothing_and_starts_over,
                leases_begin_above_the_floor,
            }
            races {
                one_commit_wins_each_version,
                one_of_many_gets_a_claim,
                one_of_many_gets_a_span,
                one_commit_sent_by_many_is_carried_out_once,
                aggregates_do_not_disturb_each_other,
            }
            life {
                a_healthy_store_answers_a_ping,
                after_close_every_call_is_unavailable,
            }
        }
    };
}

/// One test for each case.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ($wrapped:ident, $factory:expr; $($group:ident { $($case:ident),+ $(,)? })+) => {
        $(
            mod $group {
                use super::*;
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $case() {
                        let (store, _guard) = ($factory)().await;
                        let subject = $crate::conformance::Subject::$wrapped(store);
                        let case = $crate::conformance::$group::$case(&subject);
                        $crate::conformance::within_deadline(case).await;
                    }
                )+
            }
        )+
    };
}

/// The random walks.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_random {
    ($factory:expr) => {
        $crate::__conformance_walks! { $factory;
            plain(|store, _| $crate::conformance::Subject::plain(store)),
            sealed(|store, _| $crate::conformance::Subject::sealed(store)),
            faulty(|store, seed| $crate::conformance::Subject::faulty(store, $crate::Plan::rough(seed))),
            sealed_and_faulty(|store, seed| {
                $crate::conformance::Subject::sealed_and_faulty(store, $crate::Plan::rough(seed))
            }),
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn counting_together_behind_faults() {
            for seed in $crate::conformance::random::SEEDS {
                let (store, _guard) = ($factory)().await;
                let subject = $crate::conformance::Subject::faulty(store, $crate::Plan::rough(seed));
                let case = $crate::conformance::random::counting_together(&subject);
                $crate::conformance::within_deadline(case).await;
            }
        }
    };
}

/// One test for each way a walk's store is wrapped.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_walks {
    ($factory:expr; $($wrapped:ident($wrap:expr)),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $wrapped() {
                for seed in $crate::conformance::random::SEEDS {
                    let (store, _guard) = ($factory)().await;
                    let subject = ($wrap)(store, seed);
                    let walk = $crate::conformance::random::walk(&subject, seed, $crate::conformance::random::STEPS);
                    $crate::conformance::within_deadline(walk).await;
                }
            }
        )+
    };
}
