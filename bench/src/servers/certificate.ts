/**
 * A self-signed certificate for localhost on P-256, good until 2126, and its key. Node.js can make no certificates. It protects
 * nothing: it was made for measurements, by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes`.
 */
export const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIURxp1cvfb+aLicFZReZ0lSSydVT0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTEwNTMzNFoYDzIxMjYxMTAx
MTA1MzM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQZtZzllj9m5rkxqdVY/vcp67AcYGzvZxNfy3GnJyy3ivjgn/FWjiEs
/IfyO8YKzdtNzCF2d3xkwZro2qJ33CWzo28wbTAdBgNVHQ4EFgQUJOXBF7B0fXo3
4C2D5Aqqn2duzSUwHwYDVR0jBBgwFoAUJOXBF7B0fXo34C2D5Aqqn2duzSUwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgPJl/8pJt9Ua+9/1M92nb7+M8ExiTL4u6JjfKMvJdvHsCIQDY
5n9vlLM2+qryf3XF66QRbdyDE1LEec6APtRSSeCZLQ==
-----END CERTIFICATE-----
`;

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgM/Cju6rfykpdsvg9
gKf6nBoZCjHyTzLGDXxeidWzc9qhRANCAAQZtZzllj9m5rkxqdVY/vcp67AcYGzv
ZxNfy3GnJyy3ivjgn/FWjiEs/IfyO8YKzdtNzCF2d3xkwZro2qJ33CWz
-----END PRIVATE KEY-----
`;
