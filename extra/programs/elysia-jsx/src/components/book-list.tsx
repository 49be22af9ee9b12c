import Html from "@kitajs/html";
import { average, Book, Genre } from "@shelf";

const Stars = ({ count }: { count: number | null }) =>
  count === null ? (
    <em>no reviews</em>
  ) : (
    <span title={`${count.toFixed(1)} of 5`}>{"★".repeat(Math.round(count))}</span>
  );

export function BookList({ books }: { books: Book[] }) {
  if (books.length === 0) return <p>Nothing here.</p>;
  return (
    <ul>
      {books.map((book) => (
        <li data-id={String(book.id)}>
          <a href={`/books/${book.id}`} safe>
            {book.title}
          </a>{" "}
          by <b safe>{book.author}</b>, {String(book.year)} <Stars count={average(book)} />
        </li>
      ))}
    </ul>
  );
}

export function GenreFilter({ current }: { current?: Genre }) {
  return (
    <>
      {Object.entries(Genre).map(([name, value]) => (
        <a href={`/?genre=${value}`} class={value === current ? "on" : undefined}>
          {name}
        </a>
      ))}
    </>
  );
}
