export enum Currency {
  EUR = "EUR",
  JPY = "JPY",
}

const digits: Record<Currency, number> = { [Currency.EUR]: 2, [Currency.JPY]: 0 };

export class Money {
  static readonly zero = (currency: Currency) => new Money(0n, currency);

  constructor(
    readonly minor: bigint,
    readonly currency: Currency,
  ) {}

  static parse(text: string, currency: Currency): Money {
    const [, whole, fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    if (whole === undefined || fraction.length > digits[currency])
      throw new TypeError(`"${text}" is no amount in ${currency}`);
    return new Money(BigInt(whole + fraction.padEnd(digits[currency], "0")), currency);
  }

  plus(other: Money): Money {
    if (other.currency !== this.currency) throw new TypeError(`${other.currency} is not ${this.currency}`);
    return new Money(this.minor + other.minor, this.currency);
  }

  times(count: number) {
    return new Money(this.minor * BigInt(count), this.currency);
  }

  format(locale: string) {
    const value = Number(this.minor) / 10 ** digits[this.currency];
    return new Intl.NumberFormat(locale, { style: "currency", currency: this.currency })
      .format(value)
      .replace(/\u00a0|\u202f/g, " ");
  }

  toJSON() {
    return { amount: this.minor.toString(), currency: this.currency };
  }
}
