/**
 * A self-signed certificate for localhost that is good until 2126, and its key. Node.js can make keys but no
 * certificates. It protects nothing: it was made for tests by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost
 * -addext "subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1"`.
 */
export const cert = `-----BEGIN CERTIFICATE-----
MIIBuzCCAWKgAwIBAgIUE1mAJWfXfI0yt1SB1HWNn7mcsB0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA0MTIyMVoYDzIxMjYxMDI4
MDQxMjIxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARjuYHNbW2ncYY2PsuRJO9cZvh9nFhvMvBXhsMgQlKyT/NJLWqu/rqf
mMOP0dAXoUosT9qHEANUn8LT0w+Cmz3Zo4GPMIGMMB0GA1UdDgQWBBTZzmuoncoD
1+mIQcYAt6NAyqdh5jAfBgNVHSMEGDAWgBTZzmuoncoD1+mIQcYAt6NAyqdh5jAP
BgNVHRMBAf8EBTADAQH/MDkGA1UdEQQyMDCCCWxvY2FsaG9zdIILKi5sb2NhbGhv
c3SHBH8AAAGHEAAAAAAAAAAAAAAAAAAAAAEwCgYIKoZIzj0EAwIDRwAwRAIgBf0C
4q2OKqAvBiuAtyxb+avix/OdYWC7NA73BvmIHzECIDTynclYsml/JKEV+e4C/sgj
vKUf5GDa0+fgpM1XKYw3
-----END CERTIFICATE-----
`;

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrTp02ficVZP4WO7O
sQMYAaKLGRWaWivJtB/y4TcLbzihRANCAARjuYHNbW2ncYY2PsuRJO9cZvh9nFhv
MvBXhsMgQlKyT/NJLWqu/rqfmMOP0dAXoUosT9qHEANUn8LT0w+Cmz3Z
-----END PRIVATE KEY-----
`;
