// Tables of numbers with bars, which are updated in place.

/**
 * Fills a table with rows. Returns `show(values, shares)`, where a share of 1 or -1 is a full bar,
 * `mark(className, is)`, which marks the rows for whose number `is` is true, and `name(title)`.
 */
export function bars(table, title, names, {signed = true, digits = 2} = {}) {
    const caption = table.createCaption();
    const name = (text) => { caption.textContent = text; };
    name(title);
    const body = table.createTBody();
    const rows = names.map((label) => {
        const row = body.insertRow();
        const heading = document.createElement("th");
        heading.scope = "row";
        heading.textContent = label;
        row.append(heading);
        const number = row.insertCell();
        number.className = "number";
        const cell = row.insertCell();
        cell.className = "bar";
        cell.innerHTML = '<div class="track"><i></i></div>';
        return {row, number, bar: cell.querySelector("i")};
    });
    const show = (values, shares) => {
        rows.forEach(({number, bar}, i) => {
            number.textContent = values[i].toFixed(digits);
            const share = Math.max(-1, Math.min(1, shares[i]));
            const width = Math.abs(share) * (signed ? 50 : 100);
            bar.style.width = `${width}%`;
            bar.style.left = signed ? `${share < 0 ? 50 - width : 50}%` : "0";
            bar.className = share < 0 ? "minus" : "";
        });
    };
    const mark = (className, is) => rows.forEach(({row}, i) => row.classList.toggle(className, is(i)));
    return {show, mark, name};
}
