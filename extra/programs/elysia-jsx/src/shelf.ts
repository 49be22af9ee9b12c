export enum Genre {
  Novel = "novel",
  Essay = "essay",
  Poetry = "poetry",
}

export interface Review {
  by: string;
  stars: number;
  text: string;
}

export interface Book {
  id: number;
  title: string;
  author: string;
  genre: Genre;
  year: number;
  reviews: Review[];
}

export class NotFound extends Error {
  constructor(
    public what: string,
    public id: string | number,
  ) {
    super(`There is no ${what} ${id}`);
  }
}

export class Shelf {
  private nextId = 1;
  private readonly books = new Map<number, Book>();

  constructor(private clock: () => Date = () => new Date()) {}

  add(book: Omit<Book, "id" | "reviews">): Book {
    if (book.year > this.clock().getFullYear()) throw new RangeError("That year is in the future");
    const added: Book = { ...book, id: this.nextId++, reviews: [] };
    this.books.set(added.id, added);
    return added;
  }

  get(id: number): Book {
    const book = this.books.get(id);
    if (!book) throw new NotFound("book", id);
    return book;
  }

  review(id: number, review: Review): Book {
    const book = this.get(id);
    book.reviews.push(review);
    return book;
  }

  remove(id: number) {
    this.get(id);
    this.books.delete(id);
  }

  find({ genre, q }: { genre?: Genre; q?: string } = {}): Book[] {
    const text = q?.toLowerCase();
    return [...this.books.values()].filter(
      (book) =>
        (!genre || book.genre === genre) &&
        (!text || `${book.title} ${book.author}`.toLowerCase().includes(text)),
    );
  }
}

export const average = ({ reviews }: Book) =>
  reviews.length === 0 ? null : reviews.reduce((sum, { stars }) => sum + stars, 0) / reviews.length;
