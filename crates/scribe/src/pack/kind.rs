//! The sorts of things that a language pack has words for.

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// What a word or phrase is to the rules.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Kind {
            $($(#[$doc])* $kind,)+
        }

        impl Kind {
            /// From its name in the tables.
            pub(crate) fn read(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$kind),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A medicine or a class of medicines.
    Drug = "drug",
    /// A symptom; its group is the body system.
    Symptom = "symptom",
    /// A disease or injury.
    Condition = "condition",
    /// A test or examination that is ordered.
    Test = "test",
    /// A referral to another clinician.
    Referral = "referral",
    /// A region or manoeuvre of the physical examination; its name is the region.
    Exam = "exam",
    /// The name of a vital sign.
    Vital = "vital",
    /// `mg`, `tablet`, `puff`.
    DoseUnit = "dose_unit",
    /// `day`, `week`.
    TimeUnit = "time_unit",
    /// `times` in "three times a day".
    Times = "times",
    /// `a`, `per` in "three times a day".
    Per = "per",
    /// `every`, `each`.
    Every = "every",
    /// `for`, in "for three days".
    For = "for",
    /// `twice a day`, `at night`.
    Frequency = "frequency",
    /// `by mouth`.
    Route = "route",
    /// `to`, `or`, `-` between two numbers.
    Range = "range",
    /// A count that is no number: `few`, `couple of`.
    VagueCount = "vague_count",
    /// `a`, `the past`: one of a unit of time.
    One = "one",
    /// `and a half`.
    Half = "half",
    /// Says that a length of time is meant, before `a week` without a number: `for`, `past`, `over`.
    SpanBefore = "span_before",
    /// The same after it: `ago`.
    SpanAfter = "span_after",
    /// `over`, `/` in a blood pressure.
    Over = "over",
    /// `point` in a spoken decimal.
    DecimalPoint = "decimal_point",
    /// `and` within a spoken number.
    NumberJoin = "number_join",
    /// Makes what follows negative.
    Negation = "negation",
    /// A negation that follows what it negates: Persian `ندارم`.
    NegationAfter = "negation_after",
    /// Looks like a negation and is none: `not sure`, `no change`.
    NotNegation = "not_negation",
    /// Ends a negation: `but`.
    NegationStop = "negation_stop",
    /// An answer that says no.
    No = "no",
    /// An answer that says yes.
    Yes = "yes",
    /// Begins a question without a question mark: `any`, `do you`.
    Asks = "asks",
    /// Begins what may come to pass: `if`.
    If = "if",
    /// The doctor starts, changes or stops a treatment.
    Prescribe = "prescribe",
    /// The patient takes it already.
    Takes = "takes",
    /// The doctor orders something.
    Order = "order",
    /// The doctor speaks of meeting again.
    FollowUp = "follow_up",
    /// The doctor advises.
    Advise = "advise",
    /// The doctor names what it is.
    Diagnose = "diagnose",
    /// The doctor is not sure: `could be`, `rule out`.
    Maybe = "maybe",
    /// The doctor speaks of what was found.
    Finding = "finding",
    /// The doctor speaks of a result.
    Result = "result",
    /// The doctor sums up what was told: not news.
    Recap = "recap",
    /// `urgent`, `today`.
    Urgent = "urgent",
    /// `allergic to`.
    Allergy = "allergy",
    /// Past and personal history: `smoke`, `surgery`, `works as`.
    History = "history",
    /// Of years ago: `last time`.
    Past = "past",
    /// What advice is about: `fluids`, `rest`.
    Care = "care",
    /// Says nothing anywhere: `um`, `you know`.
    Filler = "filler",
    /// Says nothing at the start of a sentence: `so`, `okay`.
    Opener = "opener",
    /// A sentence with it is about the conversation, not the patient: `can you hear me`.
    Chatter = "chatter",
    /// A word that doctors say: `your`.
    DoctorWord = "doctor_word",
    /// A word that patients say: `my`.
    PatientWord = "patient_word",
    /// Begins a clause where a speech engine set no full stop: `so`, `on your`, `i want you to`.
    Break = "break",
    /// A word of weight in a story of an illness: `started`, `worse`.
    Story = "story",
}
