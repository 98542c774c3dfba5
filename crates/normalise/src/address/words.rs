//! The words of addresses: kinds of street, building and unit, and their short forms.

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
    matches!(
        word,
        "road"
            | "street"
            | "avenue"
            | "close"
            | "drive"
            | "lane"
            | "crescent"
            | "gardens"
            | "place"
            | "square"
            | "terrace"
            | "way"
            | "grove"
            | "mews"
            | "row"
            | "walk"
            | "parade"
            | "circus"
            | "quay"
            | "passage"
            | "promenade"
            | "approach"
            | "arcade"
            | "causeway"
            | "wynd"
            | "path"
            | "esplanade"
            | "court"
    )
}

/// Kinds of street.
pub(super) fn is_street(word: &str) -> bool {
    is_strong_street(word)
        || matches!(
            word,
            "hill"
                | "park"
                | "view"
                | "rise"
                | "green"
                | "mount"
                | "broadway"
                | "wharf"
                | "yard"
                | "gate"
                | "vale"
                | "bank"
                | "end"
                | "common"
                | "croft"
                | "chase"
                | "heights"
                | "link"
                | "loop"
                | "meadow"
                | "meadows"
                | "ridge"
                | "spur"
                | "bridge"
                | "field"
                | "fields"
                | "cross"
                | "side"
                | "corner"
                | "copse"
                | "dale"
                | "dell"
                | "drove"
                | "drift"
                | "fold"
                | "glade"
                | "glebe"
                | "orchard"
                | "paddock"
                | "paddocks"
                | "pastures"
                | "piece"
                | "point"
                | "reach"
                | "riverside"
                | "slope"
                | "steps"
                | "strand"
                | "track"
                | "turn"
                | "vista"
                | "villas"
                | "cottages"
                | "wood"
                | "woods"
                | "wold"
                | "garth"
                | "brae"
                | "brow"
                | "garden"
                | "estate"
        )
}

/// Buildings that hold several homes; a number before one is a home's.
pub(super) fn is_block(word: &str) -> bool {
    matches!(
        word,
        "court"
            | "house"
            | "mansions"
            | "apartments"
            | "flats"
            | "tower"
            | "towers"
            | "building"
            | "buildings"
    )
}

/// Words that end the name of a house or building.
pub(super) fn ends_house_name(word: &str) -> bool {
    is_block(word) || matches!(word, "cottage" | "lodge" | "farm" | "villa" | "bungalow")
}

/// Points of the compass, which follow a street's kind.
pub(super) fn is_direction(word: &str) -> bool {
    matches!(word, "north" | "south" | "east" | "west")
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
    matches!(
        word,
        "flat"
            | "apartment"
            | "maisonette"
            | "studio"
            | "annexe"
            | "annex"
            | "penthouse"
            | "bedsit"
            | "floor"
            | "basement"
            | "attic"
    )
}

/// Words of where in a building.
pub(super) fn is_position(word: &str) -> bool {
    matches!(
        word,
        "ground"
            | "lower"
            | "upper"
            | "first"
            | "second"
            | "third"
            | "fourth"
            | "fifth"
            | "sixth"
            | "top"
            | "garden"
            | "middle"
            | "rear"
            | "front"
            | "left"
            | "right"
            | "basement"
            | "attic"
    )
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

/// Words that stand where no address is known.
pub(super) fn is_no_address(word: &str) -> bool {
    matches!(
        word,
        "unknown"
            | "not"
            | "known"
            | "none"
            | "na"
            | "n"
            | "a"
            | "address"
            | "withheld"
            | "confidential"
            | "no"
            | "tba"
            | "tbc"
            | "see"
            | "notes"
            | "gone"
            | "away"
            | "refused"
            | "to"
            | "provide"
            | "given"
            | "stated"
            | "supplied"
            | "restricted"
            | "null"
            | "x"
            | "xx"
            | "xxx"
            | "test"
            | "is"
            | "nk"
            | "current"
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
