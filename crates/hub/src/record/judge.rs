//! What is wrong about an entry that the door did not know. An excess that the door showed is no conflict.

use portero_protocol::conflict::ConflictKind;
use portero_protocol::day::Calendar;
use portero_protocol::entry::{Entry, Verdict};
use portero_protocol::reservation::Status;

use crate::store::standing::Standing;

/// The conflicts that an entry opens, given its reservation with this entry counted.
pub(super) fn faults(calendar: &Calendar, standing: &Standing, entry: &Entry) -> Vec<ConflictKind> {
    let mut faults = Vec::new();
    match entry.verdict {
        Verdict::Admitted | Verdict::Excess => {
            if standing.deleted {
                faults.push(ConflictKind::Deleted);
            } else if standing.status == Status::Cancelled {
                faults.push(ConflictKind::Cancelled);
            }
            if entry.issue.is_some_and(|issue| issue < standing.issue) {
                faults.push(ConflictKind::StaleIssue);
            }
            let (from, until) = calendar.ticket_window(standing.day);
            let at = entry.corrected();
            let error = entry.offset_error_ms;
            if at.plus_ms(error) < from || at.plus_ms(-error) >= until {
                faults.push(ConflictKind::WrongDay);
            }
            if entry.verdict == Verdict::Admitted && standing.excess() > 0 {
                faults.push(ConflictKind::Excess);
            }
        }
        // Somebody decided against what the screen said.
        Verdict::WrongDay => faults.push(ConflictKind::WrongDay),
        Verdict::AlreadyIn
        | Verdict::Cancelled
        | Verdict::StaleCode
        | Verdict::Unknown
        | Verdict::Invalid => faults.push(ConflictKind::Override),
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use jiff::tz::TimeZone;
    use portero_protocol::chain::FIRST;
    use portero_protocol::entry::Method;
    use portero_protocol::ids::EntryId;
    use portero_protocol::instant::Instant;

    fn calendar() -> Calendar {
        Calendar::new(TimeZone::UTC, time(4, 0, 0, 0))
    }

    fn standing(attendance: u32) -> Standing {
        Standing {
            id: "res-1".parse().unwrap(),
            client_name: "Ana".to_owned(),
            party: 4,
            status: Status::Active,
            before_entry: None,
            attendance,
            version: 1,
            issue: 2,
            day: date(2026, 11, 24),
            deleted: false,
        }
    }

    fn entry(verdict: Verdict) -> Entry {
        Entry {
            id: EntryId::new(0),
            reservation: "res-1".parse().unwrap(),
            quantity: 1,
            method: Method::Code,
            door: None,
            user: None,
            timestamp: calendar().instant(date(2026, 11, 24), time(22, 0, 0, 0)),
            offset_ms: 0,
            offset_error_ms: 0,
            sequence: 1,
            previous: FIRST.to_owned(),
            verdict,
            issue: Some(2),
            code: None,
            voids: None,
        }
    }

    #[test]
    fn what_is_right_opens_nothing() {
        assert!(faults(&calendar(), &standing(4), &entry(Verdict::Admitted)).is_empty());
    }

    #[test]
    fn an_excess_is_a_conflict_only_where_the_door_did_not_show_it() {
        assert!(faults(&calendar(), &standing(5), &entry(Verdict::Excess)).is_empty());
        assert_eq!(
            faults(&calendar(), &standing(5), &entry(Verdict::Admitted)),
            [ConflictKind::Excess]
        );
    }

    #[test]
    fn what_changed_meanwhile_is_a_conflict() {
        let mut cancelled = standing(1);
        cancelled.status = Status::Cancelled;
        assert_eq!(
            faults(&calendar(), &cancelled, &entry(Verdict::Admitted)),
            [ConflictKind::Cancelled]
        );
        let mut deleted = standing(1);
        deleted.deleted = true;
        assert_eq!(
            faults(&calendar(), &deleted, &entry(Verdict::Admitted)),
            [ConflictKind::Deleted]
        );
        let mut stale = entry(Verdict::Admitted);
        stale.issue = Some(1);
        assert_eq!(
            faults(&calendar(), &standing(1), &stale),
            [ConflictKind::StaleIssue]
        );
        let mut moved = standing(1);
        moved.day = date(2026, 11, 26);
        assert_eq!(
            faults(&calendar(), &moved, &entry(Verdict::Admitted)),
            [ConflictKind::WrongDay]
        );
    }

    #[test]
    fn a_clock_that_may_be_wrong_is_given_the_benefit() {
        let mut late = entry(Verdict::Admitted);
        late.timestamp = Instant::from_ms(calendar().end(date(2026, 11, 24)).ms() + 500);
        late.offset_error_ms = 1_000;
        assert!(faults(&calendar(), &standing(1), &late).is_empty());
    }

    #[test]
    fn against_the_verdict_is_a_conflict_of_its_own() {
        for verdict in [
            Verdict::AlreadyIn,
            Verdict::Cancelled,
            Verdict::StaleCode,
            Verdict::Unknown,
        ] {
            assert_eq!(
                faults(&calendar(), &standing(9), &entry(verdict)),
                [ConflictKind::Override]
            );
        }
        assert_eq!(
            faults(&calendar(), &standing(1), &entry(Verdict::WrongDay)),
            [ConflictKind::WrongDay]
        );
    }
}
