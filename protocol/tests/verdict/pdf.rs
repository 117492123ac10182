//! A PDF of the form that letters have.

pub(crate) fn pdf(words: &str) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 72 720 Td ({words}) Tj ET");
    let objects = [
        "<<\n  /Type /Pages\n  /Kids [2 0 R]\n  /Count 1\n>>".to_owned(),
        "<< /Type /Page /Parent 1 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>".to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<<\n  /Title (A letter)\n>>".to_owned(),
        "<<\n  /Type /Catalog\n  /Pages 1 0 R\n>>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.7\n%abcd\n\n");
    let mut table = String::from("xref\n0 6\n0000000000 65535 f\r\n");
    for (number, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n\r\n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n\n"));
    }
    let at = file.len();
    file.push_str(&table);
    file.push_str(&format!(
        "trailer\n<<\n  /Size 6\n  /Root 5 0 R\n  /Info 4 0 R\n  /ID [(a) (b)]\n>>\nstartxref\n{at}\n%%EOF"
    ));
    file.into_bytes()
}
