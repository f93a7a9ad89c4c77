//! Names as people look for them: without capitals and accents.

/// The first and last letter of each run, and what stands for it. Sorted; Latin-1 Supplement, Latin
/// Extended-A and the parts of Extended-B and Additional that names use (Unicode 15).
const LETTERS: [(char, char, &str); 68] = [
    ('à', 'å', "a"),
    ('æ', 'æ', "ae"),
    ('ç', 'ç', "c"),
    ('è', 'ë', "e"),
    ('ì', 'ï', "i"),
    ('ð', 'ð', "d"),
    ('ñ', 'ñ', "n"),
    ('ò', 'ö', "o"),
    ('ø', 'ø', "o"),
    ('ù', 'ü', "u"),
    ('ý', 'ý', "y"),
    ('þ', 'þ', "th"),
    ('ÿ', 'ÿ', "y"),
    ('Ā', 'ą', "a"),
    ('Ć', 'č', "c"),
    ('Ď', 'đ', "d"),
    ('Ē', 'ě', "e"),
    ('Ĝ', 'ģ', "g"),
    ('Ĥ', 'ħ', "h"),
    ('Ĩ', 'ı', "i"),
    ('Ĵ', 'ĵ', "j"),
    ('Ķ', 'ĸ', "k"),
    ('Ĺ', 'ł', "l"),
    ('Ń', 'ŋ', "n"),
    ('Ō', 'ő', "o"),
    ('Œ', 'œ', "oe"),
    ('Ŕ', 'ř', "r"),
    ('Ś', 'š', "s"),
    ('Ţ', 'ŧ', "t"),
    ('Ũ', 'ų', "u"),
    ('Ŵ', 'ŵ', "w"),
    ('Ŷ', 'Ÿ', "y"),
    ('Ź', 'ž', "z"),
    ('Ơ', 'ơ', "o"),
    ('Ư', 'ư', "u"),
    ('Ǎ', 'ǎ', "a"),
    ('Ǐ', 'ǐ', "i"),
    ('Ǒ', 'ǒ', "o"),
    ('Ǔ', 'ǜ', "u"),
    ('Ș', 'ș', "s"),
    ('Ț', 'ț', "t"),
    ('Ḁ', 'ḁ', "a"),
    ('Ḃ', 'ḇ', "b"),
    ('Ḉ', 'ḉ', "c"),
    ('Ḋ', 'ḓ', "d"),
    ('Ḕ', 'ḝ', "e"),
    ('Ḟ', 'ḟ', "f"),
    ('Ḡ', 'ḡ', "g"),
    ('Ḣ', 'ḫ', "h"),
    ('Ḭ', 'ḯ', "i"),
    ('Ḱ', 'ḵ', "k"),
    ('Ḷ', 'ḽ', "l"),
    ('Ḿ', 'ṃ', "m"),
    ('Ṅ', 'ṋ', "n"),
    ('Ṍ', 'ṓ', "o"),
    ('Ṕ', 'ṗ', "p"),
    ('Ṙ', 'ṟ', "r"),
    ('Ṡ', 'ṩ', "s"),
    ('Ṫ', 'ṱ', "t"),
    ('Ṳ', 'ṻ', "u"),
    ('Ẁ', 'ẉ', "w"),
    ('Ẑ', 'ẕ', "z"),
    ('Ạ', 'ặ', "a"),
    ('Ẹ', 'ệ', "e"),
    ('Ỉ', 'ị', "i"),
    ('Ọ', 'ợ', "o"),
    ('Ụ', 'ự', "u"),
    ('Ỳ', 'ỹ', "y"),
];

/// A name for comparing: small letters without accents.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            _ if letter.is_ascii() => folded.push(letter),
            'ß' => folded.push_str("ss"),
            // A combining accent after its letter.
            '\u{300}'..='\u{36f}' => {}
            _ => {
                let run = LETTERS.partition_point(|(_, last, _)| *last < letter);
                match LETTERS.get(run) {
                    Some((first, _, plain)) if *first <= letter => folded.push_str(plain),
                    _ => folded.push(letter),
                }
            }
        }
    }
    folded
}

/// Whether the name, or one of its words, begins with `query`, which is folded already.
pub fn fits(name: &str, query: &str) -> bool {
    let name = fold(name);
    query.is_empty()
        || name.starts_with(query)
        || name
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| !word.is_empty() && word.starts_with(query))
}
