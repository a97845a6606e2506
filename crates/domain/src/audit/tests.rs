use super::*;

fn entry(number: u64) -> AuditEntry {
    AuditEntry {
        id: Id::new(number).unwrap(),
        at: Time::from_millis(1_000 + i64::try_from(number).unwrap()),
        actor: Some(Id::new(5).unwrap().into()),
        role: Some(Role::Doctor),
        session: None,
        face: Face::Medcor,
        action: "read".into(),
        resource: "appointment".into(),
        resource_id: Id::new(9),
        patients: vec![Id::new(11).unwrap().into()],
        outcome: AuditOutcome::Success,
        address: "127.0.0.1".into(),
        request_id: format!("r{number}"),
    }
}

fn chain(length: u64) -> Vec<AuditLink> {
    let head = ChainHead::new(Id::new(3).unwrap());
    let entries: Vec<_> = (1..=length).map(entry).collect();
    let (decision, after) = head.append(&entries);
    assert_eq!(after.sequence, length);
    decision
        .changes
        .iter()
        .map(|change| serde_json::from_slice(change.body.as_ref().unwrap()).unwrap())
        .collect()
}

fn verify(links: &[AuditLink]) -> Result<ChainHead, ChainFault> {
    let mut head = ChainHead::new(Id::new(3).unwrap());
    links.iter().try_for_each(|link| head.verify_next(link))?;
    Ok(head)
}

#[test]
fn a_chain_verifies_whether_appended_at_once_or_one_by_one() {
    let mut head = ChainHead::new(Id::new(3).unwrap());
    for number in 1..=5 {
        head = head.append(&[entry(number)]).1;
    }
    assert_eq!(verify(&chain(5)).unwrap(), head);
}

#[test]
fn one_changed_byte_anywhere_is_found() {
    let text = serde_json::to_string(&chain(1)[0]).unwrap();
    let mut found = 0;
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        // What is no JSON of this shape any more cannot be read at all, which shows as well.
        let Ok(link) = serde_json::from_slice::<AuditLink>(&bytes) else { continue };
        assert!(verify(&[link]).is_err(), "byte {at} of {text}");
        found += 1;
    }
    assert!(found > 200, "{found}");
}

#[test]
fn a_missing_doubled_or_swapped_link_is_found() {
    let links = chain(4);
    let broken = |links: Vec<AuditLink>| matches!(verify(&links), Err(ChainFault::Broken { .. }));
    assert!(broken(vec![links[0].clone(), links[2].clone()]));
    assert!(broken(vec![links[0].clone(), links[0].clone()]));
    assert!(broken(vec![links[1].clone(), links[0].clone()]));
    assert!(broken(vec![links[1].clone()]));
}

#[test]
fn many_patients_share_one_row() {
    let mut many = entry(1);
    many.patients = (1..=5).map(|number| Id::new(number).unwrap().into()).collect();
    let (decision, _) = ChainHead::new(Id::new(3).unwrap()).append(&[many]);
    let rows = &decision.changes[0].put_rows;
    let of_patients: Vec<_> = rows.iter().filter(|row| row.list == List::AuditByPatient).collect();
    assert_eq!((of_patients.len(), &of_patients[0].eq), (1, &Key::of(MANY_PATIENTS)));
}
