//! Which language a reader gets, and that every page exists in each.

use reqwest::{Method, StatusCode};

use super::{BROWSER, FIXED, any_page, attribute, is_sound, page, retired, words};
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_exists_in_every_language() {
    let world = World::start().await;
    let leaf = retired(&world, "Summit 2026").await;
    let sent = world.send(10).await;
    world.witness();
    let mut paths: Vec<String> = FIXED.iter().map(|it| (*it).to_owned()).collect();
    paths.extend([
        "/projects/1".to_owned(),
        "/units/GH-1-10".to_owned(),
        format!("/retirements/{leaf}"),
        format!("/retirements/{leaf}/certificate"),
        format!("/transfers/{sent}"),
        "/organisations/1".to_owned(),
        "/entries/3".to_owned(),
    ]);
    for (language, direction) in [
        ("en", "ltr"),
        ("fr", "ltr"),
        ("es", "ltr"),
        ("pt", "ltr"),
        ("ar", "rtl"),
    ] {
        for path in &paths {
            let path = match path.as_str() {
                "/" => format!("/{language}"),
                path => format!("/{language}{path}"),
            };
            let text = page(&world, &path).await;
            is_sound(&path, &text);
            assert!(
                text.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")),
                "{path}"
            );
            // Links stay in the language, but for those to other languages, to files, and for programs.
            for link in attribute(&text, "href") {
                let is_own = link.starts_with(&format!("/{language}"));
                let is_other = ["/en", "/fr", "/es", "/pt", "/ar"]
                    .iter()
                    .any(|it| link.starts_with(it));
                let is_common = [
                    "/assets/", "/api/v1/", "/log/", "/readyz", "/metrics", "#", "?",
                ];
                let is_common = is_common.iter().any(|it| link.starts_with(it));
                assert!(is_own || is_other || is_common, "{path} leads to {link}");
            }
        }
    }
    let arabic = page(&world, "/ar/projects/1").await;
    assert!(arabic.contains("غانا") && arabic.contains("١"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_without_a_language_is_in_the_readers() {
    let world = World::start().await;
    for (accepted, wanted) in [("fr-CH, en;q=0.5", "fr"), ("de", "en"), ("ar", "ar")] {
        let answer = world
            .bare(Method::GET, "/projects")
            .header("Accept", BROWSER)
            .header("Accept-Language", accepted)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-language"], wanted);
        let varies = answer.headers()["vary"].to_str().unwrap();
        assert!(varies.contains("Accept-Language"), "{varies}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(&format!("<html lang=\"{wanted}\"")));
        // The same page in every language is one step away.
        for language in [
            "/en/projects",
            "/fr/projects",
            "/es/projects",
            "/pt/projects",
            "/ar/projects",
        ] {
            assert!(text.contains(&format!(
                "hreflang=\"{}\" href=\"{language}\"",
                &language[1..3]
            )));
        }
    }
    // A path with one stays in it, whatever the browser says.
    let answer = world
        .bare(Method::GET, "/es/projects")
        .header("Accept", BROWSER)
        .header("Accept-Language", "fr")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-language"], "es");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_a_page_already_is_told_so_and_the_same_words_are_sent_small() {
    let world = World::start().await;
    let ask = |path: &str| world.bare(Method::GET, path).header("Accept", BROWSER);
    let plain = ask("/en/guidance").send().await.unwrap();
    let tag = plain.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(plain.headers()["cache-control"], "no-cache");
    let plain = plain.bytes().await.unwrap();
    let again = ask("/en/guidance")
        .header("If-None-Match", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let small = ask("/en/guidance")
        .header("Accept-Encoding", "gzip, br")
        .send()
        .await
        .unwrap();
    assert_eq!(small.headers()["content-encoding"], "br");
    assert!(small.bytes().await.unwrap().len() * 2 < plain.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_pages_load_is_kept_for_ever_under_a_name_of_its_own() {
    let world = World::start().await;
    let text = page(&world, "/en").await;
    let assets: Vec<&str> = attribute(&text, "href")
        .into_iter()
        .chain(attribute(&text, "src"))
        .filter(|it| it.starts_with("/assets/"))
        .collect();
    assert_eq!(assets.len(), 3, "{assets:?}");
    for path in assets {
        let answer = world.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let kept = answer.headers()["cache-control"].to_str().unwrap();
        assert!(kept.contains("immutable"), "{kept}");
        let body = answer.text().await.unwrap();
        assert!(
            !body.contains("http://") || path.ends_with(".js") || path.ends_with(".svg"),
            "{path}"
        );
    }
    let missing = world
        .bare(Method::GET, "/assets/site-0000000000000000.css")
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_get_error_pages_and_programs_get_problems() {
    let world = World::start().await;
    for (path, status) in [
        ("/nothing", 404),
        ("/fr/nothing", 404),
        ("/projects/77", 404),
        ("/projects/x", 404),
        ("/units/nonsense", 404),
        ("/units/GH-999999", 404),
        ("/entries/99999", 404),
        ("/entries/-1", 404),
        ("/retirements/1", 404),
        ("/transfers/00", 404),
        ("/cooperation/CA0001", 404),
        ("/authorisations/GH/none", 404),
        ("/organisations/0", 404),
        ("/guidance/none", 404),
        ("/statistics/none.csv", 404),
        ("/data/none.csv", 404),
        ("/projects?scope=99", 400),
        ("/projects?after=nonsense", 400),
    ] {
        let (got, text) = any_page(&world, path).await;
        assert_eq!(got.as_u16(), status, "{path}: {text}");
        is_sound(path, &text);
        let answer = world.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
    }
    let (_, text) = any_page(&world, "/fr/nothing").await;
    assert!(
        words(&text).contains("Cette page n'existe pas") || text.contains("n&#39;existe"),
        "{text}"
    );
    // A form sent to a page that takes none.
    let answer = world
        .bare(Method::POST, "/projects")
        .header("Accept", BROWSER)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_often_is_told_so_on_a_page() {
    let world = World::start().await;
    for _ in 0..400 {
        let answer = world
            .bare(Method::GET, "/en/projects")
            .header("Accept", BROWSER)
            .header("X-Forwarded-For", "203.0.113.9")
            .send()
            .await
            .unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers().contains_key("retry-after"));
            let text = answer.text().await.unwrap();
            assert!(text.contains("Too many requests"), "{text}");
            return;
        }
    }
    panic!("nobody was told");
}
