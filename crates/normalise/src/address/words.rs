//! The words of addresses: kinds of street, building and unit, and their short forms.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

// What a word can mean. A word can mean several things.
const STRONG_STREET: u16 = 1 << 0;
const STREET: u16 = 1 << 1;
const BLOCK: u16 = 1 << 2;
const HOUSE: u16 = 1 << 3;
const DIRECTION: u16 = 1 << 4;
const UNIT_NOUN: u16 = 1 << 5;
const POSITION: u16 = 1 << 6;
const NO_ADDRESS: u16 = 1 << 7;
const PLACE: u16 = 1 << 8;
const READ: u16 = 1 << 9;
const UNIT: u16 = 1 << 10;
const NOWHERE: u16 = 1 << 11;
const CARE: u16 = 1 << 12;
const BOX: u16 = 1 << 13;

/// Words by what they can mean: each list of words, and the mark for it.
const WORDS: [(u16, &str); 14] = [
    (
        STRONG_STREET,
        "road street avenue close drive lane crescent gardens place square terrace way \
         grove mews row walk parade circus quay passage promenade approach arcade \
         causeway wynd path esplanade court",
    ),
    (
        STREET,
        "hill park view rise green mount broadway wharf yard gate vale bank end common \
         croft chase heights link loop meadow meadows ridge spur bridge field fields \
         cross side corner copse dale dell drove drift fold glade glebe orchard paddock \
         paddocks pastures piece point reach riverside slope steps strand track turn \
         vista villas cottages wood woods wold garth brae brow garden estate",
    ),
    (BLOCK, "court house mansions apartments flats tower towers building buildings"),
    (HOUSE, "cottage lodge farm villa bungalow"),
    (DIRECTION, "north south east west"),
    (
        UNIT_NOUN,
        "flat apartment maisonette studio annexe annex penthouse bedsit floor basement \
         attic",
    ),
    (
        POSITION,
        "ground lower upper first second third fourth fifth sixth top garden middle rear \
         front left right basement attic",
    ),
    (
        NO_ADDRESS,
        "unknown not known none na n a address withheld confidential no tba tbc see notes \
         gone away refused to provide given stated supplied restricted null x xx xxx test \
         is nk current",
    ),
    (
        PLACE,
        "safe supported emergency homeless institution secure convent monastery police surgery library jobcentre refuge aid hostel ymca ywca shelter breakfast b foyer accommodation guest hotel \
         home centre hall halls village hmp hmyoi yoi prison barracks hospital hospice \
         school infirmary council civic solicitors solicitor services probation",
    ),
    (
        READ,
        "apartment apmt appt apt apts av ave aven avn bedsit bldg bldgs box c caravan \
         care cl clo cott cotts cres cresc crescant crs crt ct dr drv england est fff fl \
         flat flt gardns gb gdn gdns gds gff gr grdns great grn gro grv gt ho homeless \
         hse la ln lwr maisonette mans mt mws nfa no northern nr nth number o of pde \
         penthouse pitch pk pl plot po rd rm room rough saint scotland sff sofa sq st sth \
         str studio suite tce ter terr terrance tff the uk unit united upr wales wlk wy",
    ),
    (
        UNIT,
        "flat flt fl apartment apt apmt appt unit studio maisonette suite penthouse bedsit room \
         rm plot pitch caravan",
    ),
    (NOWHERE, "no nfa homeless rough sofa"),
    (CARE, "c care"),
    (BOX, "box"),
];

/// The marks of every word that means anything.
struct Meanings {
    marks: FxHashMap<&'static str, u16>,
    /// By the first and the last letter, the lengths of such words, a bit each: most words of
    /// addresses are names, and mean nothing.
    lengths: Vec<u32>,
}

static MEANINGS: LazyLock<Meanings> = LazyLock::new(|| {
    let mut marks: FxHashMap<&str, u16> = FxHashMap::default();
    let mut lengths = vec![0; 26 * 26];
    for (mark, words) in WORDS {
        for word in words.split_whitespace() {
            *marks.entry(word).or_default() |= mark;
            let (place, length) = shape(word).expect("words are of small letters");
            lengths[place] |= length;
        }
    }
    Meanings { marks, lengths }
});

/// The first and the last letter of a word as a place, and its length as a bit.
fn shape(word: &str) -> Option<(usize, u32)> {
    let letter = |byte: &u8| byte.is_ascii_lowercase().then(|| usize::from(byte - b'a'));
    let bytes = word.as_bytes();
    let (first, last) = (letter(bytes.first()?)?, letter(bytes.last()?)?);
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length < 32)?;
    Some((26 * first + last, 1 << length))
}

/// All that a word can mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meaning(u16);

impl Meaning {
    pub(super) fn of(word: &str) -> Meaning {
        let Some((place, length)) = shape(word) else { return Meaning(0) };
        let known = &*MEANINGS;
        let may = known.lengths[place] & length != 0;
        Meaning(if may { known.marks.get(word).copied().unwrap_or(0) } else { 0 })
    }

    /// Nothing that is known here.
    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// What either can mean.
    pub(super) fn or(self, other: Meaning) -> Meaning {
        Meaning(self.0 | other.0)
    }

    /// Whether it can begin words for having no fixed abode.
    pub(super) fn is_nowhere(self) -> bool {
        self.0 & NOWHERE != 0
    }

    /// Whether it can begin "care of".
    pub(super) fn is_care(self) -> bool {
        self.0 & CARE != 0
    }

    /// Whether it can be one of those that tell a communal place, an office, a box and the like.
    pub(super) fn can_tell_kind(self) -> bool {
        self.0 & (PLACE | BOX) != 0
    }

    /// Whether it can say which home in a building is meant.
    pub(super) fn tells_unit(self) -> bool {
        self.0 & (UNIT | UNIT_NOUN | POSITION) != 0
    }

    /// Whether it can stand where no address is known.
    pub(super) fn is_no_address(self) -> bool {
        self.0 & NO_ADDRESS != 0
    }

    /// Whether it is a kind of street.
    pub(super) fn is_street(self) -> bool {
        self.0 & (STRONG_STREET | STREET) != 0
    }

    /// Whether it is a building that holds several homes; a number before one is a home's.
    pub(super) fn is_block(self) -> bool {
        self.0 & BLOCK != 0
    }

    /// Whether it ends the name of a house or building.
    pub(super) fn ends_house_name(self) -> bool {
        self.0 & (BLOCK | HOUSE) != 0
    }

    /// Whether it is a kind of street that is seldom part of a house's name.
    pub(super) fn is_strong_street(self) -> bool {
        self.0 & STRONG_STREET != 0
    }

    /// Whether it is a point of the compass, which follows a street's kind.
    pub(super) fn is_direction(self) -> bool {
        self.0 & DIRECTION != 0
    }
}

fn is(word: &str, mark: u16) -> bool {
    Meaning::of(word).0 & mark != 0
}

/// Whether a word is of letters and means nothing beside a name.
pub(super) fn is_plain(word: &str) -> bool {
    2 <= word.len() && word.bytes().all(|b| b.is_ascii_lowercase()) && Meaning::of(word).is_none()
}

/// A word written out, where it stands for a kind of street or building after a name.
pub(super) fn written_out(word: &str) -> Option<&'static str> {
    Some(match word {
        "rd" => "road",
        "str" => "street",
        "ave" | "av" | "aven" | "avn" => "avenue",
        "cl" | "clo" => "close",
        "dr" | "drv" => "drive",
        "ln" | "la" => "lane",
        "ct" | "crt" => "court",
        "cres" | "cresc" | "crs" | "crescant" => "crescent",
        "gdn" => "garden",
        "gdns" | "grdns" | "gds" | "gardns" => "gardens",
        "pl" => "place",
        "sq" => "square",
        "ter" | "terr" | "tce" | "terrance" => "terrace",
        "grv" | "gro" | "gr" => "grove",
        "pk" => "park",
        "wlk" => "walk",
        "wy" => "way",
        "mws" => "mews",
        "grn" => "green",
        "pde" => "parade",
        "bldg" => "building",
        "bldgs" => "buildings",
        "hse" | "ho" => "house",
        "cott" => "cottage",
        "cotts" => "cottages",
        "mans" => "mansions",
        "apts" => "apartments",
        "est" => "estate",
        _ => return None,
    })
}

/// A word written out, wherever it stands.
pub(super) fn written_out_anywhere(word: &str) -> Option<&'static str> {
    Some(match word {
        "mt" => "mount",
        "gt" => "great",
        "lwr" => "lower",
        "upr" => "upper",
        "nth" => "north",
        "sth" => "south",
        _ => return None,
    })
}

/// Kinds of street that are seldom part of a house's name.
pub(super) fn is_strong_street(word: &str) -> bool {
    is(word, STRONG_STREET)
}

/// Kinds of street.
pub(super) fn is_street(word: &str) -> bool {
    is(word, STRONG_STREET | STREET)
}

/// Buildings that hold several homes; a number before one is a home's.
pub(super) fn is_block(word: &str) -> bool {
    is(word, BLOCK)
}

/// Words that end the name of a house or building.
pub(super) fn ends_house_name(word: &str) -> bool {
    is(word, BLOCK | HOUSE)
}

/// Points of the compass, which follow a street's kind.
pub(super) fn is_direction(word: &str) -> bool {
    is(word, DIRECTION)
}

/// Words before the number of a home within a building, and how that home is shown.
pub(super) fn unit_word(word: &str) -> Option<&'static str> {
    match word {
        "flat" | "flt" | "fl" | "apartment" | "apt" | "apmt" | "appt" | "unit" | "studio"
        | "maisonette" | "suite" | "penthouse" | "bedsit" => Some("flat"),
        "room" | "rm" => Some("room"),
        "plot" | "pitch" | "caravan" => Some("plot"),
        _ => None,
    }
}

/// Words that, with others of where in the building, name a home without a number.
pub(super) fn is_unit_noun(word: &str) -> bool {
    is(word, UNIT_NOUN)
}

/// Words of where in a building.
pub(super) fn is_position(word: &str) -> bool {
    is(word, POSITION)
}

/// The ordinal written with a digit.
pub(super) fn ordinal(word: &str) -> Option<&'static str> {
    Some(match word {
        "1st" => "first",
        "2nd" => "second",
        "3rd" => "third",
        "4th" => "fourth",
        "5th" => "fifth",
        "6th" => "sixth",
        _ => return None,
    })
}

/// Whether the name of a country can end with a word.
pub(super) fn ends_country(word: &str) -> bool {
    matches!(
        word,
        "uk" | "gb" | "england" | "scotland" | "wales" | "kingdom" | "britain" | "ireland"
    )
}

/// Names of countries at the end, which say nothing here.
pub(super) fn is_country(segment: &[&str]) -> bool {
    matches!(
        segment,
        ["uk" | "gb" | "england" | "scotland" | "wales"]
            | ["united", "kingdom"]
            | ["great", "britain"]
            | ["northern", "ireland"]
    )
}
