# Puts the sources of the worker into "$dir/worker", ready for meson. Read by build.sh, with its functions and
# "$package", the folder of mediasoup's npm package; "$dir" is empty.

cp -r "$package/worker" "$dir/worker"
subprojects=$dir/worker/subprojects
directory_of() { sed -n 's/^directory *= *//p' "$1"; }
# meson takes a directory of this name, where there is one, in place of the download.
for wrap in "$subprojects"/*.wrap; do
  name=$(basename "$wrap" .wrap)
  if [ -d "$here/overlay/$name" ]; then
    cp -r "$here/overlay/$name" "$subprojects/$(directory_of "$wrap")"
  else
    rm "$wrap"
  fi
done

# libsrtp 2 from the distribution's source package, to build it on OpenSSL: Debian's packaged
# library does its AES and SHA-1 through NSS, five times slower per packet. A private source list
# and state leave the machine's own untouched and need no root.
apt_dir=$dir/apt
mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial"
signed_by=
for keyring in "/usr/share/keyrings/${ID-}-archive-keyring".{pgp,gpg}; do
  [ ! -e "$keyring" ] || signed_by="[signed-by=$keyring] "
done
apt-get indextargets --format '$(ORIGIN)|$(REPO_URI)|$(CODENAME)|$(COMPONENT)' 'Created-By: Packages' |
  sed -nE "s#^(Debian|Ubuntu)\|([^|]+)\|([^|]+)\|(main|universe)\$#deb-src $signed_by\2 \3 \4#p" |
  sort -u >"$apt_dir/list"
[ -s "$apt_dir/list" ] || give_up 1 "apt knows no package source of Debian or Ubuntu" "run: sudo apt-get update"
private_apt() {
  apt-get -o "Dir::Etc::SourceList=$apt_dir/list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$apt_dir/lists" \
    -o "Dir::Cache=$apt_dir/cache" -o APT::Sandbox::User=root "$@"
}
cd "$dir"
stoppable private_apt update -qq || give_up 1 "the distribution's source index cannot be read"
stoppable private_apt source -qq libsrtp2 || give_up 1 "the source package libsrtp2 cannot be fetched"
mv "$dir"/libsrtp2-*/ "$subprojects/libsrtp2"
srtp3=$subprojects/$(directory_of "$subprojects/libsrtp3.wrap")
mkdir -p "$srtp3/include/srtp2"
cp "$subprojects/libsrtp2/include/srtp.h" "$srtp3/include/srtp2/"

# Debian's OpenSSL has kernel TLS: a BIO callback that answers 1 to every control question makes
# OpenSSL believe that the kernel encrypts, and crash at the first handshake for want of a buffer.
dtls=$dir/worker/src/RTC/DtlsTransport.cpp
sed -i 's/(operationType == BIO_CB_RETURN)/(operationType \& BIO_CB_RETURN)/' "$dtls"
grep -q 'operationType & BIO_CB_RETURN' "$dtls" ||
  give_up 1 "DtlsTransport.cpp is not the one this recipe knows how to mend (mediasoup was updated?)"

# The worker asks for a newer meson than Debian 12's, which does all that is used here.
meson_version=$(meson --version)
meson_wanted=$(sed -n "s/.*meson_version: *'>= *\([0-9.]*\)'.*/\1/p" "$dir/worker/meson.build")
if dpkg --compare-versions "$meson_version" lt "${meson_wanted:-0}"; then
  sed -i "s/meson_version: *'>= *[0-9.]*'/meson_version: '>= 1.0.0'/" "$dir/worker/meson.build"
fi
