//! How far two words are from each other, for names that a speech engine or a tired typist got nearly right.

/// Letters that were left out, put in, changed or swapped with a neighbour (optimal string alignment).
pub(super) fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut now = vec![row + 1];
        for (column, theirs) in other.iter().enumerate() {
            let changed = last[column] + usize::from(letter != theirs);
            let mut fewest = changed.min(last[column + 1] + 1).min(now[column] + 1);
            let swapped = row > 0 && column > 0 && one[row - 1] == *theirs && other[column - 1] == *letter;
            if swapped {
                fewest = fewest.min(before[column - 1] + 1);
            }
            now.push(fewest);
        }
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn slips_are_counted() {
        for (one, other, expected) in [
            ("dioralyte", "dioralyte", 0),
            ("diarolyte", "dioralyte", 2),
            ("paracetemol", "paracetamol", 1),
            ("ibuprofne", "ibuprofen", 1),
            ("loratidine", "loratadine", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one}");
        }
        assert!(distance("amoxicillin", "amlodipine") > 2);
        assert_eq!(distance("aspirin", "paracetamol"), usize::MAX);
    }
}
