# Makes of ../nginx.conf the one for two replicas: a reader's requests all go to one of them, by cookie or else address.
/^upstream steward {/i\
map $http_cookie $reader {\
    "~(?:^|; )steward-reader=(?<id>[A-Za-z0-9_-]+)" $id;\
    default $remote_addr;\
}\

s/^    server 127\.0\.0\.1:7860;/    hash $reader;\
    server steward-1:7860;\
    server steward-2:7860;/
