//! What can be set of a plan.

use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::subscription::{
    BillingPeriod, MAX_CODE, MAX_DESCRIPTION, MAX_FEATURES, MAX_NAME, PlanText, Price,
};
use ward_http::Given;
use ward_http::given::AsPrinted;
use ward_services::subscription::NewPlan;

/// The largest quota that is not without an end.
const MAX_QUOTA: i64 = 1_000_000_000;

/// What can be set of a plan. On an edit, what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PlanSettings {
    #[schema(value_type = Option<String>, example = "Clinic Plus")]
    name: Given<String>,
    /// Small letters, digits, `-` and `_`. Cannot be changed later.
    #[schema(value_type = Option<String>, example = "clinic-plus")]
    code: Given<String>,
    #[schema(value_type = Option<String>, example = "For a clinic that grows")]
    description: Given<String>,
    /// For one period, as a decimal number.
    #[schema(value_type = Option<String>, example = "49.00")]
    price: Given<AsPrinted>,
    /// ISO 4217; USD unless it is said. On an edit only together with `price`.
    #[schema(value_type = Option<String>, example = "USD")]
    currency: Given<String>,
    /// `monthly` (unless it is said) or `yearly`.
    #[schema(value_type = Option<String>, example = "monthly")]
    billing_period: Given<String>,
    /// Null, or never said: without an end, as the next three.
    #[schema(value_type = Option<u64>, minimum = 0, maximum = 1_000_000_000, example = 30)]
    max_doctors: Given<i64>,
    #[schema(value_type = Option<u64>, minimum = 0, maximum = 1_000_000_000, example = 30_000)]
    max_patients: Given<i64>,
    #[schema(value_type = Option<u64>, minimum = 0, maximum = 1_000_000_000, example = 60)]
    max_members: Given<i64>,
    #[schema(value_type = Option<u64>, minimum = 0, maximum = 1_000_000_000, example = 30_000)]
    max_appointments_per_month: Given<i64>,
    #[schema(value_type = Option<Vec<String>>, max_items = 50, example = json!(["Support by e-mail"]))]
    features: Given<Vec<String>>,
    /// Whether hospitals can subscribe to it; true unless it is said.
    #[schema(value_type = Option<bool>, default = true)]
    is_active: Given<bool>,
}

/// The currency of a plan that names none.
const CURRENCY: &str = "USD";

impl PlanSettings {
    /// A new plan: name, code and price are needed.
    pub fn new_plan(mut self) -> Result<NewPlan, Refusal> {
        let mut errors = FieldErrors::default();
        let name = std::mem::take(&mut self.name);
        let name = name.line(MAX_NAME).not_blank().required("name", &mut errors);
        let code = std::mem::take(&mut self.code);
        let code = code.line(MAX_CODE).not_blank().required("code", &mut errors);
        if matches!(self.price, Given::Missing | Given::Null) {
            self.price.clone().required("price", &mut errors);
        }
        let text = self.text(&mut errors);
        errors.finish()?;
        let (Some(name), Some(code), Some(price)) = (name, code, text.price.clone()) else {
            unreachable!("noted above")
        };
        Ok(NewPlan { code, name, price, text })
    }

    /// What was sent, and the code if it was.
    pub fn changes(mut self) -> Result<(Option<String>, PlanText), Refusal> {
        let mut errors = FieldErrors::default();
        let code = std::mem::take(&mut self.code).line(MAX_CODE).optional("code", &mut errors);
        let alone = matches!(self.price, Given::Missing | Given::Null);
        errors.check(
            !alone || matches!(self.currency, Given::Missing | Given::Null | Given::Wrong(_)),
            "currency",
            "Say the price too: it is one of this currency.",
        );
        let text = self.text(&mut errors);
        errors.finish()?;
        Ok((code, text))
    }

    fn text(self, errors: &mut FieldErrors) -> PlanText {
        let currency = self
            .currency
            .line(3)
            .check(|text| Price::is_currency(text), "Must be a currency's code such as USD.");
        let wrong = matches!(currency, Given::Wrong(_));
        let currency = currency.optional("currency", errors).unwrap_or_else(|| CURRENCY.to_owned());
        let price = self.price.and_then(|AsPrinted(text)| {
            let currency = if wrong { CURRENCY } else { &currency };
            Price::read(&text, currency)
                .ok_or("Must be a decimal number such as 49.00, of no smaller part than the currency has.")
        });
        let quota = |given: Given<i64>, name, errors: &mut FieldErrors| {
            let quota = given.within(0..=MAX_QUOTA).map(|number| u64::try_from(number).unwrap_or_default());
            quota.patch(name, errors)
        };
        let cleared = Option::unwrap_or_default;
        PlanText {
            name: self.name.line(MAX_NAME).not_blank().optional("name", errors),
            description: self.description.lines(MAX_DESCRIPTION).patch("description", errors).map(cleared),
            price: price.optional("price", errors),
            period: self.billing_period.choice(&BillingPeriod::WORDS).optional("billing_period", errors),
            max_doctors: quota(self.max_doctors, "max_doctors", errors),
            max_patients: quota(self.max_patients, "max_patients", errors),
            max_members: quota(self.max_members, "max_members", errors),
            max_appointments_per_month: quota(
                self.max_appointments_per_month,
                "max_appointments_per_month",
                errors,
            ),
            features: self
                .features
                .at_most(MAX_FEATURES)
                .patch("features", errors)
                .map(Option::unwrap_or_default),
            active: self.is_active.optional("is_active", errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn settings(body: &Value) -> PlanSettings {
        serde_json::from_value(body.clone()).unwrap()
    }

    #[allow(clippy::needless_pass_by_value, reason = "for `unwrap_err`")]
    fn names(refusal: Refusal) -> String {
        refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn a_new_plan_needs_name_code_and_price() {
        for (body, expected) in [
            (json!({}), "name,code,price"),
            (json!({"name": "A", "code": "a", "price": "1.234", "max_doctors": -1}), "price,max_doctors"),
            (json!({"name": "A", "code": "a", "price": 5, "currency": "usd"}), "currency"),
            (json!({"name": "A", "code": "a", "price": 5, "billing_period": "weekly"}), "billing_period"),
        ] {
            assert_eq!(settings(&body).new_plan().map_err(names).err().as_deref(), Some(expected), "{body}");
        }
        let body = json!({"name": "A", "code": "a", "price": 49.5, "currency": "EUR", "max_doctors": null});
        let plan = settings(&body).new_plan().unwrap();
        assert_eq!((plan.price.written().as_str(), plan.price.currency.as_str()), ("49.50", "EUR"));
        assert_eq!(plan.text.max_doctors, Some(None));
    }

    #[test]
    fn an_edit_holds_what_was_sent() {
        let (code, text) = settings(&json!({"max_members": 7, "code": "a"})).changes().unwrap();
        assert_eq!(code.as_deref(), Some("a"));
        assert_eq!(text, PlanText { max_members: Some(Some(7)), ..PlanText::default() });
        let refused = settings(&json!({"currency": "EUR"})).changes().map_err(names);
        assert_eq!(refused.err().as_deref(), Some("currency"));
    }
}
