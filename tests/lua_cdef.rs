//! What bindings/lua/voicewire.lua declares is what include/voicewire.h declares.
//!
//! LuaJIT reads C declarations, but has no preprocessor and need not carry the comments: they are taken out here, and
//! constants become a table. What this does not know, such as a condition or a macro of a new kind, it refuses.

use std::path::Path;

const BEGIN: &str = "-- >>> Made of include/voicewire.h by `VOICEWIRE_BLESS=1 cargo test --test lua_cdef`.\n";
const END: &str = "-- <<<\n";

#[test]
fn lua_declarations_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let header = std::fs::read_to_string(root.join("include/voicewire.h")).expect("the header");
    let path = root.join("bindings/lua/voicewire.lua");
    let module = std::fs::read_to_string(&path).expect("the module");
    let (before, rest) = module.split_once(BEGIN).expect("the block begins");
    let (present, after) = rest.split_once(END).expect("the block ends");

    let made = block(&header);
    if std::env::var_os("VOICEWIRE_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{made}{END}{after}")).expect("bindings/ is writable");
        return;
    }
    assert!(
        present == made,
        "bindings/lua/voicewire.lua is stale: run `VOICEWIRE_BLESS=1 cargo test --test lua_cdef` and commit it"
    );
}

#[test]
fn comments_conditions_enums_and_macros_are_understood() {
    let header = "
        #ifndef A_H
        #define A_H
        #include <math.h>
        /* One. */ #define NOT_A_DIRECTIVE
        #define VW_A -1 // minus one
        #define VW_B ((double)NAN)
        #define VW_C INT64_MIN
        #define VW_D UINT32_MAX
        enum vw_e
        #if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
          : int32_t
        #endif
        {
            /** First, of two. */
            VW_FIRST = 3,
            VW_NEXT,
        };
        #ifndef __cplusplus
        #if __STDC_VERSION__ >= 202311L
        typedef enum vw_e vw_e;
        #else
        typedef int32_t vw_e;
        #endif
        #endif
        #ifdef __cplusplus
        extern \"C\" {
        #endif
        typedef struct vw_s vw_s;
        typedef struct vw_t { size_t size; /** { */ const struct vw_s *const *list;
            char id[40]; } vw_t;
        /** Does. */
        vw_e vw_do(const struct vw_s *s,
                   int32_t n);
        #ifdef __cplusplus
        }
        #endif
        #endif
    "
    .replace("/* One. */ #define NOT_A_DIRECTIVE", "/* One. */");
    assert_eq!(
        block(&header),
        "local declarations = [[\n\
         typedef int32_t vw_e;\n\
         typedef struct vw_s vw_s;\n\
         typedef struct vw_t {\n    size_t size;\n    const struct vw_s *const *list;\n    char id[40];\n} vw_t;\n\
         vw_e vw_do(const struct vw_s *s, int32_t n);\n\
         ]]\n\
         local constants = {\n    VW_A = -1,\n    VW_B = 0 / 0,\n    VW_C = -9223372036854775807LL - 1,\n    \
         VW_D = 4294967295,\n    VW_FIRST = 3,\n    VW_NEXT = 4,\n}\n"
    );
}

#[test]
#[should_panic(expected = "a condition")]
fn an_unknown_condition_is_refused() {
    block("#if defined(_WIN32)\nint vw_a(void);\n#endif\n");
}

#[test]
#[should_panic(expected = "a macro")]
fn an_unknown_macro_is_refused() {
    block("#define VW_MIN(a, b) ((a) < (b) ? (a) : (b))\n");
}

/// The Lua source of the block.
fn block(header: &str) -> String {
    let mut constants = Vec::new();
    let code = preprocessed(&without_comments(header), &mut constants);
    let mut declarations = String::new();
    for declaration in top_level(&code) {
        if let Some(members) = declaration.strip_prefix("enum ") {
            enumerated(members, &mut constants);
        } else {
            declarations.push_str(&pretty(&declaration));
        }
    }
    let constants: String = constants
        .iter()
        .map(|(name, value)| format!("    {name} = {value},\n"))
        .collect();
    format!("local declarations = [[\n{declarations}]]\nlocal constants = {{\n{constants}}}\n")
}

fn without_comments(mut text: &str) -> String {
    let mut code = String::new();
    while let Some(at) = text.find("/*").into_iter().chain(text.find("//")).min() {
        code.push_str(&text[..at]);
        let (end, skipped) = if text[at..].starts_with("/*") {
            (text[at..].find("*/").expect("the comment ends"), 2)
        } else {
            (text[at..].find('\n').unwrap_or(text.len() - at), 0)
        };
        code.push(' ');
        text = &text[at + end + skipped..];
    }
    code + text
}

/// What a C99 compiler sees; the macros go to `constants`.
fn preprocessed(code: &str, constants: &mut Vec<(String, String)>) -> String {
    let (mut seen, mut conditions) = (String::new(), Vec::new());
    for line in code.lines().map(str::trim) {
        let Some(directive) = line.strip_prefix('#') else {
            if conditions.iter().all(|holds| *holds) {
                seen.push_str(line);
                seen.push(' ');
            }
            continue;
        };
        let (word, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
        match (word, rest.trim()) {
            ("if", condition) => conditions.push(condition.split("||").any(|part| holds(part.trim()))),
            ("ifdef", name) => conditions.push(defined(name)),
            ("ifndef", name) => conditions.push(!defined(name)),
            ("else", _) => {
                let last = conditions.last_mut().expect("an #if");
                *last = !*last;
            }
            ("endif", _) => assert!(conditions.pop().is_some(), "an #if"),
            ("include", _) => {}
            ("define", macro_) if conditions.iter().all(|holds| *holds) => match macro_.split_once(' ') {
                Some((name, value)) if !name.contains('(') => {
                    constants.push((name.to_owned(), constant(value.trim())));
                }
                Some(_) => panic!("a macro that is not known here: {macro_}"),
                None => {} // the header's guard
            },
            ("define", _) => {}
            _ => panic!("a directive that is not known here: {line}"),
        }
    }
    assert!(conditions.is_empty(), "every #if ends");
    seen
}

fn holds(condition: &str) -> bool {
    match condition {
        "defined(__cplusplus)" | "__STDC_VERSION__ >= 202311L" => false,
        _ => panic!("a condition that is not known here: {condition}"),
    }
}

fn defined(name: &str) -> bool {
    assert!(
        name == "__cplusplus" || name.ends_with("_H"),
        "a condition that is not known here: {name}"
    );
    false
}

/// A macro's value in Lua.
fn constant(value: &str) -> String {
    match value {
        "((double)NAN)" => "0 / 0".to_owned(),
        "INT64_MIN" => "-9223372036854775807LL - 1".to_owned(),
        "UINT32_MAX" => u32::MAX.to_string(),
        _ if value.parse::<i32>().is_ok() => value.to_owned(),
        _ => panic!("a macro that is not known here: {value}"),
    }
}

/// The declarations, each in one line.
fn top_level(code: &str) -> Vec<String> {
    let (mut all, mut depth, mut begin) = (Vec::new(), 0_i32, 0);
    for (at, character) in code.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' if depth == 0 => {
                all.push(code[begin..at].split_whitespace().collect::<Vec<_>>().join(" "));
                begin = at + 1;
            }
            _ => {}
        }
    }
    assert!(code[begin..].trim().is_empty(), "a rest: {}", &code[begin..]);
    all
}

/// The members of an enum's `name { A = 1, B }`.
fn enumerated(declaration: &str, constants: &mut Vec<(String, String)>) {
    let (_, members) = declaration.split_once('{').expect("an enum has members");
    let members = members.strip_suffix('}').expect("an enum ends");
    let mut next = 0;
    for member in members.split(',').map(str::trim).filter(|member| !member.is_empty()) {
        let (name, value) = member.split_once('=').unwrap_or((member, ""));
        let value = value.trim();
        next = if value.is_empty() {
            next
        } else {
            value.parse().expect("a number")
        };
        constants.push((name.trim().to_owned(), next.to_string()));
        next += 1;
    }
}

/// A struct with a field on each line, anything else on one.
fn pretty(declaration: &str) -> String {
    match declaration.split_once('{') {
        None => format!("{declaration};\n"),
        Some((head, rest)) => {
            let (fields, name) = rest.rsplit_once('}').expect("a struct ends");
            assert!(!fields.contains('{'), "a struct in a struct: {declaration}");
            let fields: String = fields
                .split(';')
                .map(str::trim)
                .filter(|field| !field.is_empty())
                .map(|field| format!("    {field};\n"))
                .collect();
            format!("{}{{\n{fields}}}{name};\n", head)
        }
    }
}
