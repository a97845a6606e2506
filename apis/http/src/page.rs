//! Pages of a list, and the links between them.

use crate::url::RequestUrl;

/// Which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub number: u64,
    /// Items on a page, at least 1.
    pub size: u32,
}

/// What stands around a page's items. A page past the end is empty and leads back to the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLinks {
    /// Items in the whole list.
    pub count: u64,
    /// The next page, absolute; `None` on the last one.
    pub next: Option<String>,
    /// The page before, absolute; `None` on the first one.
    pub previous: Option<String>,
}

impl PageRequest {
    /// Items before this page.
    pub const fn offset(self) -> u64 {
        (self.number - 1).saturating_mul(self.size as u64)
    }

    /// The links of this page of `count` items, made of the address that was asked.
    pub fn links(self, count: u64, url: &RequestUrl) -> PageLinks {
        let last = count.div_ceil(u64::from(self.size)).max(1);
        let page = |number: u64| url.with(&[("page", Some(&number.to_string()))]);
        let next = (self.number < last).then(|| page(self.number + 1));
        let previous = (self.number > 1).then(|| page((self.number - 1).min(last)));
        PageLinks { count, next, previous }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_real_pages() {
        let url = RequestUrl {
            origin: "http://h".into(),
            path: "/api/x/".into(),
            query: Some("a=1&page=9&b=2".into()),
            ..RequestUrl::default()
        };
        for (number, count, next, previous) in [
            (1, 0, None, None),
            (1, 20, None, None),
            (1, 21, Some(2), None),
            (2, 21, None, Some(1)),
            (2, 60, Some(3), Some(1)),
            (9, 21, None, Some(2)),
            (9, 0, None, Some(1)),
        ] {
            let link = |page: Option<u64>| page.map(|page| format!("http://h/api/x/?a=1&page={page}&b=2"));
            let links = PageRequest { number, size: 20 }.links(count, &url);
            assert_eq!(
                links,
                PageLinks { count, next: link(next), previous: link(previous) },
                "{number} of {count}"
            );
        }
        assert_eq!(PageRequest { number: 3, size: 20 }.offset(), 40);
    }
}
