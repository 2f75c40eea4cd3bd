<?php
// Whom it answers: written by the test into a file, because every connection has addresses of its own.
$trusted = @file_get_contents(getenv('FOLDER') . '/trusted.json');
foreach ($trusted ? json_decode($trusted, true) : [] as $entityId => $acs) {
    $metadata[$entityId] = [
        'AssertionConsumerService' => $acs,
        'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    ];
}
