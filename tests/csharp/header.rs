//! Reads include/voicewire.h, as cbindgen writes it: constants, structs, callbacks, functions, with their comments.
//!
//! What is not understood is a panic that says so, never something that is left out.

use std::collections::{BTreeMap, BTreeSet};

/// A type, its `const` aside: `const struct vw_cancel **` is `vw_cancel` and 2.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    pub base: String,
    pub pointers: usize,
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub doc: String,
    pub name: String,
    pub kind: Type,
    /// How many there are of it, for a field that is an array.
    pub array: Option<usize>,
}

#[derive(Debug)]
pub struct Constant {
    pub doc: String,
    pub name: String,
    pub value: String,
}

#[derive(Debug)]
pub struct Struct {
    pub doc: String,
    pub name: String,
    pub fields: Vec<Variable>,
}

/// A function of the library, or a type of functions that it calls back.
#[derive(Debug)]
pub struct Function {
    pub doc: String,
    pub name: String,
    pub result: Type,
    pub parameters: Vec<Variable>,
}

#[derive(Debug, Default)]
pub struct Header {
    pub constants: Vec<Constant>,
    pub structs: Vec<Struct>,
    pub callbacks: Vec<Function>,
    pub functions: Vec<Function>,
    /// Known by pointers alone.
    pub opaque: BTreeSet<String>,
    /// `vw_format` and the like: other names for integers.
    pub aliases: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Doc(String),
    Define(String, String),
    Word(String),
    Mark(char),
}

impl Header {
    pub fn read(text: &str) -> Self {
        let mut reader = Reader {
            tokens: tokens(text),
            at: 0,
        };
        let mut header = Self::default();
        while reader.at < reader.tokens.len() {
            let doc = reader.doc();
            reader.item(doc, &mut header);
        }
        let with_fields: BTreeSet<&String> = header.structs.iter().map(|one| &one.name).collect();
        header.opaque.retain(|name| !with_fields.contains(name));
        header
    }
}

/// The header's words and marks. Of the preprocessor's lines only values stay.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return tokens;
        };
        if rest.starts_with("/*") {
            let (comment, after) = rest.split_once("*/").expect("a comment ends");
            tokens.push(Token::Doc(plain(comment)));
            rest = after;
        } else if rest.starts_with("//") || first == '#' {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            if let Some((name, value)) = line.strip_prefix("#define ").and_then(|line| line.split_once(' ')) {
                tokens.push(Token::Define(name.to_owned(), value.trim().to_owned()));
            }
            rest = after;
        } else if first == '"' {
            // The language of `extern "C"`.
            rest = rest[1..].split_once('"').expect("a literal ends").1;
        } else {
            let end = rest
                .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
                .unwrap_or(rest.len());
            if end == 0 {
                tokens.push(Token::Mark(first));
                rest = &rest[first.len_utf8()..];
            } else {
                tokens.push(Token::Word(rest[..end].to_owned()));
                rest = &rest[end..];
            }
        }
    }
}

/// A comment's text, a paragraph a line.
fn plain(comment: &str) -> String {
    let lines = comment
        .lines()
        .map(|line| line.trim().trim_start_matches("/*").trim_start_matches('*').trim());
    let mut text = String::new();
    for line in lines {
        match (line.is_empty(), text.ends_with('\n') || text.is_empty()) {
            (true, false) => text.push('\n'),
            (true, true) => {}
            (false, true) => text.push_str(line),
            (false, false) => {
                text.push(' ');
                text.push_str(line);
            }
        }
    }
    text.trim_end().to_owned()
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn item(&mut self, doc: String, header: &mut Header) {
        match self.next() {
            Token::Define(name, value) => header.constants.push(Constant { doc, name, value }),
            Token::Word(word) if word == "typedef" => self.typedef(doc, header),
            Token::Word(word) if word == "enum" => self.enumeration(header),
            Token::Word(word) if word == "extern" => self.expect('{'),
            Token::Mark('}') => {}
            _ => {
                self.at -= 1;
                let result = self.kind();
                let name = self.word();
                let parameters = self.parameters();
                header.functions.push(Function {
                    doc,
                    name,
                    result,
                    parameters,
                });
                self.expect(';');
            }
        }
    }

    fn typedef(&mut self, doc: String, header: &mut Header) {
        match self.peek() {
            Token::Word(word) if word == "enum" => while self.next() != Token::Mark(';') {},
            Token::Word(word) if word == "struct" => {
                self.at += 1;
                let name = self.word();
                if self.take('{') {
                    let fields = self.fields();
                    header.structs.push(Struct {
                        doc,
                        name: name.clone(),
                        fields,
                    });
                } else {
                    header.opaque.insert(name.clone());
                }
                assert_eq!(self.word(), name, "a struct has one name");
                self.expect(';');
            }
            _ => {
                let kind = self.kind();
                if self.take('(') {
                    self.expect('*');
                    let name = self.word();
                    self.expect(')');
                    let parameters = self.parameters();
                    header.callbacks.push(Function {
                        doc,
                        name,
                        result: kind,
                        parameters,
                    });
                } else {
                    assert_eq!(kind.pointers, 0, "only integers have other names");
                    header.aliases.insert(self.word(), kind.base);
                }
                self.expect(';');
            }
        }
    }

    fn enumeration(&mut self, header: &mut Header) {
        let name = self.word();
        if self.take(':') {
            self.word();
        }
        self.expect('{');
        while !self.take('}') {
            let doc = self.doc();
            let member = self.word();
            self.expect('=');
            let value = self.word();
            header.constants.push(Constant {
                doc,
                name: member,
                value,
            });
            self.take(',');
        }
        self.expect(';');
        header.aliases.insert(name, "int32_t".to_owned());
    }

    fn fields(&mut self) -> Vec<Variable> {
        let mut fields = Vec::new();
        while !self.take('}') {
            let doc = self.doc();
            let kind = self.kind();
            let name = self.word();
            let array = self.take('[').then(|| {
                let count = self.word();
                self.expect(']');
                count
                    .parse()
                    .unwrap_or_else(|_| panic!("{name} has a length that is a number, not {count}"))
            });
            self.expect(';');
            fields.push(Variable { doc, name, kind, array });
        }
        fields
    }

    fn parameters(&mut self) -> Vec<Variable> {
        self.expect('(');
        let mut parameters = Vec::new();
        while !self.take(')') {
            let kind = self.kind();
            if parameters.is_empty() && kind.base == "void" && kind.pointers == 0 {
                continue;
            }
            parameters.push(Variable {
                doc: String::new(),
                name: self.word(),
                kind,
                array: None,
            });
            self.take(',');
        }
        parameters
    }

    fn kind(&mut self) -> Type {
        let mut base = None;
        let mut pointers = 0;
        loop {
            match self.peek() {
                Token::Word(word) if word == "const" || word == "struct" => {}
                Token::Word(word) if base.is_none() => base = Some(word),
                Token::Mark('*') => pointers += 1,
                _ => break,
            }
            self.at += 1;
        }
        let base = base.unwrap_or_else(|| panic!("a type, not {:?}", self.peek()));
        Type { base, pointers }
    }

    /// The comment that stands before what is next; the last, where there are several.
    fn doc(&mut self) -> String {
        let mut doc = String::new();
        while let Some(Token::Doc(text)) = self.tokens.get(self.at) {
            doc.clone_from(text);
            self.at += 1;
        }
        doc
    }

    fn peek(&self) -> Token {
        self.tokens.get(self.at).expect("the header ends in time").clone()
    }

    fn next(&mut self) -> Token {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn word(&mut self) -> String {
        match self.next() {
            Token::Word(word) => word,
            other => panic!("a name, not {other:?}, in {:?}", self.place()),
        }
    }

    fn take(&mut self, mark: char) -> bool {
        let found = self.peek() == Token::Mark(mark);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, mark: char) {
        assert!(self.take(mark), "{mark}, not {:?}, in {:?}", self.peek(), self.place());
    }

    fn place(&self) -> &[Token] {
        &self.tokens[self.at.saturating_sub(8)..self.tokens.len().min(self.at + 4)]
    }
}
