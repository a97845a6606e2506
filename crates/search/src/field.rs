//! The closed lists of what can be searched, filtered and sorted.

macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in indexes and answers. It is on disk: never give a name a second meaning.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// From [`Self::name`].
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.name() == name)
            }
        }
    };
}

closed! {
    /// What a document is about.
    DocumentKind {
        /// A recorded consultation with its transcript and note.
        Encounter = "encounter",
        /// A person with an account.
        Account = "account",
        /// A booked appointment.
        Appointment = "appointment",
    }
}

closed! {
    /// A text that is searched word by word, and shown in snippets under its name.
    TextField {
        /// The patient's name, as the document's owner knew it.
        PatientName = "patient_name",
        /// Why the patient came.
        ChiefComplaint = "chief_complaint",
        /// What was said.
        Transcript = "transcript",
        /// The note's subjective section.
        Subjective = "subjective",
        /// The note's objective section.
        Objective = "objective",
        /// The note's assessment.
        Assessment = "assessment",
        /// The note's plan.
        Plan = "plan",
        /// Labels, one value each.
        Tags = "tags",
        /// First name.
        FirstName = "first_name",
        /// Last name.
        LastName = "last_name",
        /// The whole name in the order in which the hospital lists people.
        FullName = "full_name",
        /// E-mail address.
        Email = "email",
        /// User name.
        Username = "username",
        /// Phone number.
        Phone = "phone",
        /// Department.
        Department = "department",
        /// Specialty.
        Specialty = "specialty",
        /// Number of a licence to practise.
        License = "license",
        /// Why an appointment was booked.
        Reason = "reason",
        /// An appointment's notes.
        Notes = "notes",
        /// The doctor's name.
        DoctorName = "doctor_name",
    }
}

closed! {
    /// A code to filter by; a document may have several values of one. Compared folded ([`crate::text::fold`]).
    TermField {
        /// The document's status.
        Status = "status",
        /// The person's role.
        Role = "role",
        /// The language spoken, as a BCP 47 tag.
        Language = "language",
        /// A label.
        Tag = "tag",
        /// Department.
        Department = "department",
        /// Specialty.
        Specialty = "specialty",
    }
}

closed! {
    /// A number to filter and sort by; a document has at most one value of each.
    NumberField {
        /// The doctor's user id.
        Doctor = "doctor",
        /// The patient's user id.
        Patient = "patient",
        /// Age in years.
        Age = "age",
        /// When it takes or took place: an encounter's date, an appointment's start. Unix milliseconds.
        Date = "date",
        /// When it was created, Unix milliseconds.
        Created = "created",
        /// When it last changed, Unix milliseconds.
        Updated = "updated",
    }
}

/// How a text field is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Analysis {
    /// Running text: words and their English stems; the beginning of a word from three characters on.
    Prose,
    /// Names: words and pairs of neighbours written as one (علی رضا, علیرضا); the beginning of a word from its first
    /// character on.
    Name,
    /// Identifiers such as e-mail addresses: any part of a word from three characters on.
    Fragment,
    /// Phone numbers: any run of digits from three on.
    Digits,
}

impl TextField {
    /// How this field is taken apart.
    pub const fn analysis(self) -> Analysis {
        match self {
            Self::PatientName | Self::FirstName | Self::LastName | Self::FullName | Self::DoctorName => {
                Analysis::Name
            }
            Self::Email | Self::Username | Self::License => Analysis::Fragment,
            Self::Phone => Analysis::Digits,
            _ => Analysis::Prose,
        }
    }

    /// How much a word found here counts, against 1 for a word of a transcript.
    pub const fn weight(self) -> f32 {
        match self {
            Self::PatientName | Self::FirstName | Self::LastName | Self::FullName | Self::DoctorName => 4.0,
            Self::Email
            | Self::Username
            | Self::License
            | Self::Phone
            | Self::ChiefComplaint
            | Self::Tags
            | Self::Reason => 3.0,
            Self::Assessment | Self::Department | Self::Specialty => 2.0,
            Self::Subjective | Self::Objective | Self::Plan | Self::Notes => 1.5,
            Self::Transcript => 1.0,
        }
    }

    /// True if documents can be put in this field's alphabetical order.
    pub const fn is_sortable(self) -> bool {
        matches!(self.analysis(), Analysis::Name | Analysis::Fragment) || matches!(self, Self::Department)
    }
}

impl DocumentKind {
    /// True where documents of this kind carry a vector.
    pub const fn is_about(self) -> bool {
        matches!(self, Self::Encounter)
    }

    /// The text fields that documents of this kind have.
    pub const fn text_fields(self) -> &'static [TextField] {
        match self {
            Self::Encounter => &[
                TextField::PatientName,
                TextField::ChiefComplaint,
                TextField::Tags,
                TextField::Assessment,
                TextField::Subjective,
                TextField::Objective,
                TextField::Plan,
                TextField::Transcript,
            ],
            Self::Account => &[
                TextField::FirstName,
                TextField::LastName,
                TextField::FullName,
                TextField::Email,
                TextField::Username,
                TextField::Phone,
                TextField::License,
                TextField::Department,
                TextField::Specialty,
            ],
            Self::Appointment => {
                &[TextField::PatientName, TextField::DoctorName, TextField::Reason, TextField::Notes]
            }
        }
    }
}
