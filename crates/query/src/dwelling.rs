//! What sort of place an address is, and why.

use serde::Serialize;

use crate::ask::Ask;
use crate::words;

/// What sort of place an address is, and why it is taken for one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AddressType {
    /// The address.
    pub address_id: String,
    /// The sort of place, as a code.
    #[serde(rename = "type")]
    pub sort: String,
    /// Why, as a code.
    pub reason: String,
    /// Both in words.
    pub in_words: String,
    /// The persons who live there at the run date, whether or not they make a household.
    pub residents: u32,
    /// How many groups they are with nothing known between them; nought where that was not looked at.
    pub groups: u32,
    /// The persons of whom a record says that they live there or ever did.
    pub known: u32,
}

impl AddressType {
    /// Whether it is a private home, for all that is known.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.sort == "home"
    }
}

impl Ask<'_> {
    /// What sort of place an address is at the run date, if the snapshot says.
    pub(crate) fn address_type(&self, address: u32) -> Option<AddressType> {
        let known = self.store.dwelling(address)?;
        let (sort, reason) = (self.text(known.sort), self.text(known.reason));
        Some(AddressType {
            address_id: self.store.address_ids.get(address).to_owned(),
            in_words: format!("{}: {}", words::sort(sort), words::sort_reason(reason)),
            sort: sort.to_owned(),
            reason: reason.to_owned(),
            residents: known.residents,
            groups: known.groups,
            known: known.known,
        })
    }
}
