use super::*;

fn allergies(medication: &str, text: &str) -> Vec<String> {
    warnings(medication, text, &[]).into_iter().map(|warning| warning.with).collect()
}

#[test]
fn allergies_are_found_by_substance_class_brand_and_cross_reaction() {
    for (medication, text, expected) in [
        // The same name, however it is written.
        ("Amoxicillin", "amoxicillin", &["amoxicillin"][..]),
        ("AMOXICILLIN 500 mg capsules", "Allergic to Amoxicillin (rash)", &["amoxicillin"]),
        ("Amoxicilina 500mg", "amoxicillin", &["amoxicillin"]),
        ("Amoxil", "amoxycillin", &["amoxicillin"]),
        ("Lisinopril", "Lisinopril - cough", &["lisinopril"]),
        // The class.
        ("Amoxicillin", "Penicillin", &["penicillins"]),
        ("Ampicillin", "PENICILLINS, latex", &["penicillins"]),
        ("Flucloxacillin 250mg", "penicilina", &["penicillins"]),
        ("Co-amoxiclav 625 mg", "penicillin", &["penicillins"]),
        ("Augmentin", "Penicillin: anaphylaxis in 2010", &["penicillins"]),
        ("Piperacillin/tazobactam 4.5 g IV", "PCN", &["penicillins"]),
        ("Ibuprofen", "aspirin", &["aspirin"]),
        ("Naproxen sodium", "NSAIDs", &["NSAIDs"]),
        ("Advil", "Aspirina", &["aspirin"]),
        ("Bactrim DS", "sulfa drugs", &["sulfonamides"]),
        ("Co-trimoxazole", "sulfamida", &["sulfonamides"]),
        ("Ramipril 5mg", "ACE inhibitors", &["ACE inhibitors"]),
        ("Zocor", "statins (muscle pain)", &["statins"]),
        ("Simvastatin", "atorvastatin", &["atorvastatin"]),
        ("Tramadol hydrochloride", "morphine", &["morphine"]),
        ("Azithromycin", "Erythromycin", &["erythromycin"]),
        ("Ciprofloxacin", "Levaquin", &["levofloxacin"]),
        // Cross-reaction, both ways.
        ("Cefalexin 500 mg", "penicillin", &["penicillins"]),
        ("Cephalexin", "amoxicillin", &["amoxicillin"]),
        ("Amoxicillin", "Keflex", &["cefalexin"]),
        ("Meropenem", "Penicillin", &[]),
        // Several, and beside something else.
        ("Amoxicillin", "peanuts; penicillin; dust, Augmentin", &["amoxicillin", "penicillins"]),
        ("آموکسی سیلین", "پنی سیلین", &["penicillins"]),
        // What the table does not know, by its name.
        ("Ivermectin 3 mg tablets", "ivermectin", &["ivermectin"]),
        ("Ivermectin 3 mg tablets", "tablets of ferrous sulfate", &[]),
        // Nothing to do with it.
        ("Paracetamol", "penicillin", &[]),
        ("Morphine sulfate", "sulfa", &[]),
        ("Amoxicillin", "peanuts, latex", &[]),
        ("Amoxicillin", "", &[]),
        ("", "penicillin", &[]),
    ] {
        assert_eq!(allergies(medication, text), expected, "{medication} with {text:?}");
    }
}

#[test]
fn what_is_denied_gives_no_warning_and_what_may_be_meant_does() {
    for (text, warned) in [
        ("No known allergies", false),
        ("no known drug allergies", false),
        ("none", false),
        ("None.", false),
        ("NKDA", false),
        ("Denies penicillin allergy", false),
        ("Patient denies any allergy to penicillin or sulfa", false),
        ("No penicillin allergy", false),
        ("Not allergic to penicillin", false),
        ("No allergy to amoxicillin; latex", false),
        ("tolerates amoxicillin", false),
        ("Sin alergias conocidas", false),
        ("No alergia a penicilina", false),
        // What follows a denial stands by itself.
        ("No known food allergies, penicillin - rash", true),
        ("No known allergies except penicillin", true),
        ("Denies latex allergy. Penicillin: hives", true),
        ("NKDA\nPenicillin (2019)", true),
        // It may say what not to give.
        ("No penicillin!", true),
        ("Never give amoxicillin", true),
    ] {
        assert_eq!(!allergies("Amoxicillin 500 mg", text).is_empty(), warned, "{text:?}");
    }
}

#[test]
fn what_is_prescribed_already_is_found_by_substance_and_class() {
    for (medication, other, expected) in [
        ("Lisinopril", "Lisinopril 10mg", Some("the same substance, lisinopril")),
        ("Zestril", "lisinopril", Some("the same substance, lisinopril")),
        ("Tylenol", "Paracetamol 500", Some("the same substance, paracetamol")),
        ("Co-codamol", "Paracetamol", Some("the same substance, paracetamol")),
        ("Ramipril", "Lisinopril", Some("another of the ACE inhibitors")),
        ("Ibuprofen", "Aspirin 75 mg", Some("another of the NSAIDs")),
        ("Simvastatin", "Atorvastatin", Some("another of the statins")),
        ("Ivermectin 3 mg", "ivermectin 6mg tablets", Some("the same medicine")),
        ("Ivermectin", "Praziquantel", None),
        // Two antibiotics of a class are given together on purpose.
        ("Amoxicillin", "Flucloxacillin", None),
        ("Metformin", "Lisinopril", None),
        ("500 mg", "500 mg", None),
    ] {
        let other = Other { medication_name: other.to_owned(), open: true };
        let found = warnings(medication, "", std::slice::from_ref(&other));
        let expected =
            expected.map(|what| format!("{} is prescribed already: {what}.", other.medication_name));
        assert_eq!(found.first().map(|warning| warning.message.clone()), expected, "{medication}, {other:?}");
        assert!(found.iter().all(|warning| warning.with == other.medication_name));
    }
}

#[test]
fn who_may_not_read_the_other_prescription_is_warned_without_its_name() {
    let other = Other { medication_name: "Zestril 20 for Mrs Smith".to_owned(), open: false };
    let found = warnings("Lisinopril", "", &[other]);
    assert_eq!(found.len(), 1);
    assert!(!found[0].message.contains("Zestril") && found[0].with == "lisinopril", "{found:?}");
}

#[test]
fn any_text_is_compared_without_a_panic() {
    for text in ["🦷\u{202e}", "\u{0}", "ـــ", "(((", "a\u{301}\u{301}", "/.,;:", "ﬁ ½ ™"] {
        warnings(text, text, &[Other { medication_name: text.to_owned(), open: true }]);
    }
}
