//! Platform-wide lists.

use super::Subject;
use super::fixture::{SLOT, calendar, draft, row, tenant};
use crate::Bounds;
use ward_domain::record::{IndexRow, Key, List};

fn due(sort: u64) -> IndexRow {
    row(List::RemindersDue, Key::all(), sort)
}

/// Tenant, sort key and id of the rows of a list.
async fn rows(subject: &Subject, list: List, eq: Key, bounds: Bounds, limit: usize) -> Vec<(u64, u64, u64)> {
    let rows = subject.store.platform_list(list, &eq, bounds, limit).await.expect("platform list");
    rows.iter().map(|row| (row.tenant.get(), row.sort, row.id.get())).collect()
}

/// "Rows of a platform-wide list with `eq`, in order, at most `limit`", whosever they are.
pub async fn rows_of_all_tenants_in_one_list(subject: &Subject) {
    assert_eq!(rows(subject, List::RemindersDue, Key::all(), Bounds::ALL, 10).await, []);
    for (number, sorts) in [(1, [50, 20]), (2, [10, 40]), (300, [30, 60])] {
        let commit =
            draft(calendar(1), 0).put(SLOT, 1, "a", &[due(sorts[0])]).put(SLOT, 2, "b", &[due(sorts[1])]);
        subject.stands(&tenant(number), commit).await;
    }
    let all = [(2, 10, 1), (1, 20, 2), (300, 30, 1), (2, 40, 2), (1, 50, 1), (300, 60, 2)];
    assert_eq!(rows(subject, List::RemindersDue, Key::all(), Bounds::ALL, 10).await, all);
    assert_eq!(rows(subject, List::RemindersDue, Key::all(), Bounds::ALL, 4).await, all[..4]);
    assert_eq!(rows(subject, List::RemindersDue, Key::all(), Bounds::ALL, 0).await, []);
    let middle = Bounds { from: 20, until: 50 };
    assert_eq!(rows(subject, List::RemindersDue, Key::all(), middle, 10).await, all[1..5]);
    let nothing = Bounds { from: 50, until: 20 };
    assert_eq!(rows(subject, List::RemindersDue, Key::all(), nothing, 10).await, []);
    assert_eq!(rows(subject, List::MessagesDue, Key::all(), Bounds::ALL, 10).await, []);
}

/// "Finds log-ins": one hash may be known in several tenants.
pub async fn equal_fields_find_the_tenant_of_a_log_in(subject: &Subject) {
    let log_in = |hash: u8| row(List::LogIns, Key::hash(&[hash; 16]), 0);
    subject.stands(&tenant(1), draft(calendar(1), 0).put(SLOT, 7, "a", &[log_in(1), log_in(2)])).await;
    subject.stands(&tenant(2), draft(calendar(1), 0).put(SLOT, 8, "b", &[log_in(2), log_in(255)])).await;
    for (hash, expected) in
        [(1, vec![(1, 0, 7)]), (2, vec![(1, 0, 7), (2, 0, 8)]), (255, vec![(2, 0, 8)]), (3, vec![])]
    {
        let mut found = rows(subject, List::LogIns, Key::hash(&[hash; 16]), Bounds::ALL, 10).await;
        found.sort_unstable();
        assert_eq!(found, expected, "hash {hash}");
    }
}

/// Updates and removals reach platform-wide rows, and a refused commit does not.
pub async fn rows_leave_with_their_documents(subject: &Subject) {
    let scope = tenant(1);
    let all = async || rows(subject, List::RemindersDue, Key::all(), Bounds::ALL, 10).await;
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "a", &[due(10)])).await;
    subject.refused(&scope, draft(calendar(1), 0).update(SLOT, 1, "b", &[due(5)], &[due(10)])).await;
    assert_eq!(all().await, [(1, 10, 1)]);
    subject.stands(&scope, draft(calendar(1), 1).update(SLOT, 1, "b", &[due(20)], &[due(10)])).await;
    assert_eq!(all().await, [(1, 20, 1)]);
    subject.stands(&scope, draft(calendar(1), 2).remove(SLOT, 1, &[due(20)])).await;
    assert_eq!(all().await, []);
}
