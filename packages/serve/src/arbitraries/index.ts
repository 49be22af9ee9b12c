/**
 * fast-check arbitraries for what proxies tell: headers of the PROXY protocol, and values of the field `Forwarded` (RFC 7239), each with its meaning; and headers
 * that a receiver must refuse, with the reason. They do not use this package's parsers, so that they can test any parser.
 */
export { type ForwardedPair, forwardedValue, type ValidForwarded } from "./forwarded-value.ts";
export {
  type InvalidProxyHeader,
  invalidProxyHeader,
  type ProxiedAddress,
  proxyHeader,
  type ValidProxyHeader,
} from "./proxy-header.ts";
